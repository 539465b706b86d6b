import { runProgram } from '../cli/program.ts'
import { makeTerminal } from '../cli/terminal.ts'
import { readPackagesInOne } from './packages-in-one.ts'
import { programVersion } from './program-version.ts'
import { endWithReaders } from './readers-that-leave.ts'
import { reportFailure } from './report-failure.ts'
import { readSettings, wantsColours } from './settings.ts'
import { stopOnSignals } from './stop-on-signals.ts'
import { wire } from './wire.ts'

/** The program: what comes in from the system is turned into what the commands are handed. */
const { env, stdin, stdout, stderr } = process
const terminal = makeTerminal({ stdin, stdout, stderr, colours: wantsColours(env) })
let debug = false

readPackagesInOne(new URL('../../', import.meta.url))
endWithReaders(stdout, stderr)
// Everything that is made is for its owner alone, unless a restore says otherwise.
process.umask(0o077)

try {
  const settings = readSettings(env)
  debug = settings.debug
  const clock = { now: () => new Date() }
  await runProgram(process.argv.slice(2), programVersion(), {
    terminal,
    clock,
    services: wire(settings, clock, terminal),
    signal: stopOnSignals(),
    finish: (code) => {
      process.exitCode = code
    },
  })
} catch (error) {
  process.exitCode = reportFailure(error, terminal, debug)
}
// Nothing that a library left open may keep the process: the command has said how it ended.
stdin.destroy()

import './older-node.ts'
import { Command } from 'commander'
import { makeOpenGlass } from '../app/open-glass.ts'
import { defineOpening } from '../cli/glass/open.ts'
import { runCommands } from '../cli/run-commands.ts'
import { makeTerminal } from '../cli/terminal.ts'
import { portablePrimitives } from '../crypto/portable.ts'
import { reportFailure } from './report-failure.ts'
import { wantsColours } from './settings.ts'
import { stopOnSignals } from './stop-on-signals.ts'

/*
 * The opener that stands alone, `open.mjs`: `scripts/build-openers.ts` makes one file of this and all that it needs, which
 * lies beside the bundles and runs with nothing but Node.js, 18 or later.
 */
const { env, stdin, stdout, stderr } = process
const terminal = makeTerminal({ stdin, stdout, stderr, colours: wantsColours(env) })
process.umask(0o077)

try {
  const program = new Command('node open.mjs')
  const context = {
    terminal,
    services: {
      openGlass: makeOpenGlass({ primitives: portablePrimitives(), clock: { now: () => new Date() } }),
    },
    signal: stopOnSignals(),
    finish: (code: number) => {
      process.exitCode = code
    },
  }
  defineOpening(program, context, 'node open.mjs')
  await runCommands(program, process.argv.slice(2), context)
} catch (error) {
  process.exitCode = reportFailure(error, terminal, env['REDOMA_DEBUG'] !== undefined)
}
stdin.destroy()

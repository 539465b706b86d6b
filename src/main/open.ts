import './older-node.ts'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { makeOpenDrill } from '../app/open-drill.ts'
import { makeOpenGlass } from '../app/open-glass.ts'
import { defineDrillAnswering } from '../cli/glass/drill/open.ts'
import { defineOpening } from '../cli/glass/open.ts'
import { runCommands } from '../cli/run-commands.ts'
import { makeTerminal } from '../cli/terminal.ts'
import { portablePrimitives } from '../crypto/portable.ts'
import { endWithReaders } from './readers-that-leave.ts'
import { reportFailure } from './report-failure.ts'
import { wantsColours } from './settings.ts'
import { stopOnSignals } from './stop-on-signals.ts'

/*
 * The opener that stands alone, `open.mjs`: `scripts/build-openers.ts` makes one file of this and all that it needs, which
 * lies beside the bundles and runs with nothing but Node.js, 18 or later.
 */
const { env, stdin, stdout, stderr } = process
const terminal = makeTerminal({ stdin, stdout, stderr, colours: wantsColours(env) })
endWithReaders(stdout, stderr)
process.umask(0o077)

try {
  // What comes after `drill` is meant for it, also where the two have options of one name.
  const program = new Command('node open.mjs').enablePositionalOptions()
  const primitives = portablePrimitives()
  const clock = { now: () => new Date() }
  const context = {
    terminal,
    clock,
    services: { openGlass: makeOpenGlass({ primitives, clock }), openDrill: makeOpenDrill({ primitives }) },
    signal: stopOnSignals(),
    finish: (code: number) => {
      process.exitCode = code
    },
  }
  // The one that was kept with the recovery card is run in the folder of the copy.
  const folders = [dirname(fileURLToPath(import.meta.url)), '.', 'secrets']
  defineOpening(program, context, 'node open.mjs', folders)
  defineDrillAnswering(program.command('drill'), context, 'node open.mjs drill')
  await runCommands(program, process.argv.slice(2), context)
} catch (error) {
  process.exitCode = reportFailure(error, terminal, env['REDOMA_DEBUG'] !== undefined)
}
stdin.destroy()

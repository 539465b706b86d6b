import { serve } from '../../src/main/serve.ts'
import { readSettings } from '../../src/main/settings.ts'
import { stopOnSignals } from '../../src/main/stop-on-signals.ts'

/*
 * `serve-at-speed.ts SINCE SPEED`: the daemon of the instance that `REDOMA_HOME` names, by a clock that goes so many times as fast since that moment (milliseconds of
 * the real clock), and that looks around often. Prints a line when it serves.
 */
const [since = 0, speed = 1] = process.argv.slice(2).map(Number)
const clock = { now: () => new Date(since + (Date.now() - since) * speed) }
const say = (message: string): void => void process.stdout.write(`${message}\n`)

process.umask(0o077)
await serve(
  {
    settings: readSettings(process.env),
    clock,
    warn: say,
    paces: { plans: 100, destinations: 1000, incidents: 200, notices: 100, routines: 200 },
  },
  {
    onReady() {
      say('serves')
    },
  },
  stopOnSignals(),
)

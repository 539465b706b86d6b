import type { Command } from 'commander'
import { makeKeepWatching } from '../../app/watch/keep-watching.ts'
import { RedomaError } from '../../core/errors.ts'
import { wait } from '../../core/wait.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { noProgress } from '../../ports/progress.ts'
import type { Context } from '../context.ts'
import { formatSpan } from '../figures.ts'
import { example } from '../help.ts'
import { entryNamed } from '../named.ts'
import { parseSpan } from '../parse.ts'
import { printable } from '../printable.ts'
import { changeJson } from './state-json.ts'
import { changeLine } from './state-words.ts'

interface WatchOptions {
  readonly every: string
  readonly json?: true
}

export function defineDestinationWatch(group: Command, context: Context): void {
  group
    .command('watch')
    .description('probe destinations again and again, and print what changes, until it is stopped')
    .argument('[name...]', 'all of them where none is named')
    .option('--every <span>', 'how long to wait between two rounds', '5m')
    .option('--json', 'print each change as a line of JSON')
    .addHelpText('after', example('redoma destination watch --every 10m'))
    .action(async (names: string[], options: WatchOptions) => {
      const everyMs = parseEvery(options.every)
      const { terminal, signal } = context
      await using instance = await context.services.openInstance()
      const { catalogue, log, watchDestinations } = instance
      const all = await catalogue.destinations.list()
      for (const name of names) entryNamed('destination', name, all)
      terminal.note(`Watching, with ${formatSpan(everyMs)} between two rounds; Ctrl-C ends it.`)
      const keepWatching = makeKeepWatching({
        watch: watchDestinations,
        wait,
        onTrouble({ message }) {
          log.warn('destinations not watched', { why: message })
          terminal.note(`${terminal.noteStyle.yellow('warning:')} ${printable(message)}`)
        },
      })
      const notifier: Notifier = {
        tell(news) {
          if (news.kind !== 'destination-changed') return Promise.resolve()
          const { change } = news
          terminal.print(
            options.json ? JSON.stringify(changeJson(change)) : changeLine(change, terminal.style),
          )
          return Promise.resolve()
        },
      }
      await keepWatching({ names, notifier, progress: noProgress }, everyMs, signal)
    })
}

/** @throws RedomaError `USAGE` */
function parseEvery(text: string): number {
  const span = parseSpan(text)
  if (span === 0) throw new RedomaError('USAGE', 'there must be time between two rounds, a second at least')
  return span
}

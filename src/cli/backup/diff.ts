import type { Command } from 'commander'
import type { BrowsedDifference } from '../../app/browse-system.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { count, formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { findCopyOfBoth, meant } from '../restore/find-copy.ts'
import {
  type LockOptions,
  type PlaceOptions,
  placesToRead,
  withReadingOptions,
} from '../restore/where-to-look.ts'
import type { Style } from '../style.ts'

interface DiffOptions extends PlaceOptions, LockOptions {
  readonly source?: string
  readonly host?: string
  readonly json?: true
}

export function defineBackupDiff(group: Command, context: Context): void {
  withReadingOptions(
    group
      .command('diff')
      .description('list what differs from one snapshot to another')
      .argument('<before>', 'latest, or the beginning of an id')
      .argument('<after>', 'the same')
      .argument('[path]', 'look only at this folder or file', '/')
      .option('--source <name>', 'the source whose latest snapshot is meant')
      .option(
        '--host <name>',
        'the host whose latest snapshot is meant (default: this one; with --repository the only one there)',
      ),
  )
    .option('--json', 'print one JSON object a line, the last one the sums')
    .addHelpText(
      'after',
      `
+ added  - removed  M content changed  U owner, permissions, time or attributes changed  T type changed
${example('redoma backup diff 1f3a9c2e latest --source etc', 'redoma backup diff 1f3a9c2e 77b0d2aa /etc/ssh')}`,
    )
    .action(async (before: string, after: string, path: string, options: DiffOptions) => {
      if (!path.startsWith('/')) throw new RedomaError('USAGE', `${JSON.stringify(path)} is not absolute`)
      const { services, signal, terminal } = context
      await using places = await placesToRead(context, options)
      const of = meant(context, options)
      const choices = { before: { snapshot: before, ...of }, after: { snapshot: after, ...of } }
      const copy = await findCopyOfBoth(context, places, choices)
      const browse = await services.browseSystem()
      const sums = makeSums()
      for await (const one of browse.diff(copy.access, { ...copy, path }, signal)) {
        sums.add(one)
        terminal.print(options.json ? JSON.stringify(one) : lineOf(one, terminal.style))
      }
      terminal.print(...(options.json ? [JSON.stringify({ sums: sums.json() })] : sums.lines(terminal.style)))
    })
}

const marks: Readonly<Record<BrowsedDifference['change'], readonly [string, keyof Omit<Style, 'columns'>]>> =
  {
    added: ['+', 'green'],
    removed: ['-', 'red'],
    'type-changed': ['T', 'yellow'],
    'content-changed': ['M', 'yellow'],
    'metadata-changed': ['U', 'dim'],
  }

/** Wide enough for `1023 MiB → 1023 MiB`. */
const sizeColumns = 19

function lineOf({ change, path, bytesBefore, bytesAfter }: BrowsedDifference, style: Style): string {
  const [mark, colour] = marks[change]
  const sizes = [bytesBefore, bytesAfter].flatMap((bytes) =>
    bytes === undefined ? [] : [formatBytes(bytes)],
  )
  const size = bytesBefore === bytesAfter ? (sizes[0] ?? '') : sizes.join(' → ')
  return `${style[colour](mark)}  ${size.padStart(sizeColumns)}  ${printable(path)}`
}

interface Sums {
  add(one: BrowsedDifference): void
  json(): object
  lines(style: Style): string[]
}

function makeSums(): Sums {
  const entries = { added: 0, removed: 0, 'type-changed': 0, 'content-changed': 0, 'metadata-changed': 0 }
  let [bytesAdded, bytesRemoved] = [0, 0]
  return {
    add({ change, bytesBefore = 0, bytesAfter = 0 }) {
      entries[change] += 1
      if (change === 'metadata-changed') return
      bytesAdded += bytesAfter
      bytesRemoved += bytesBefore
    },
    json: () => ({ ...entries, bytesAdded, bytesRemoved }),
    lines: ({ dim }) => {
      const words = [
        [entries.added, 'added'],
        [entries.removed, 'removed'],
        [entries['content-changed'], 'changed'],
        [entries['type-changed'], 'of another type'],
        [entries['metadata-changed'], 'with other metadata'],
      ] as const
      const some = words.filter(([number]) => number > 0)
      if (some.length === 0) return ['Nothing differs.']
      const what = some.map(
        ([number, word], n) => `${n === 0 ? count(number, 'entry', 'entries') : number} ${word}`,
      )
      return ['', `${what.join(', ')}  ${dim(`+${formatBytes(bytesAdded)} −${formatBytes(bytesRemoved)}`)}`]
    },
  }
}

import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { OpenedOrNot, SealedPlace } from '../../app/open-recording.ts'
import { onlyWrittenTo } from '../../app/write-only.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { DestinationRecord, RecordingCopy } from '../../ports/catalogue.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import type { Context } from '../context.ts'
import { exitCodeOf } from '../failure.ts'
import { formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { askIdentities } from '../identities/ask-identities.ts'
import { addIdentityOptions, type IdentityOptions } from '../identities/identity-options.ts'
import { noSuch } from '../near-names.ts'
import { printable } from '../printable.ts'
import type { OpenInstance } from '../services.ts'

interface OpenOptions extends IdentityOptions {
  readonly to?: string
  readonly json?: true
}

export function defineRecordingsOpen(group: Command, context: Context): void {
  const command = group
    .command('open')
    .description('decrypt sealed recordings, byte for byte as they were')
    .argument('<recording...>', 'ids; or folders of sealed copies, which need no instance')
  addIdentityOptions(command, context)
    .option('--to <path>', 'where it goes; the folder for several (default: into this folder)', '.')
    .option('--json', 'print what is known of it as JSON')
    .addHelpText(
      'after',
      example(
        'redoma recordings open 3f2a… --identity identity.password.age --to session.cast',
        'redoma recordings open /media/nas/recordings/2026/03/01/* --to DIR',
      ),
    )
    .action(async (texts: string[], options: OpenOptions & { to: string }) => {
      const { terminal } = context
      await using open = new AsyncDisposableStack()
      const places = await placesOf(context, texts, open)
      const request = {
        places,
        identities: () => askIdentities(context, options, { path: besideOf(places) }),
        to: resolve(options.to),
      }
      const opened: object[] = []
      const failures: unknown[] = []
      await context.services.openRecordings(request, show, context.signal)
      if (options.json) terminal.printJson(request.places.length === 1 ? opened[0] : opened)
      const [failure] = failures
      if (failure !== undefined) context.finish(exitCodeOf(failure))

      function show(ended: OpenedOrNot): void {
        if (ended.kind === 'failed') {
          failures.push(ended.error)
          const why = printable(messageOf(ended.error))
          terminal.note(`${terminal.noteStyle.red('✗')} ${printable(ended.folder)}: ${why}`)
          return
        }
        const { meta, path } = ended
        opened.push({ path, meta })
        const about = `${meta.recordingFormat}, ${formatBytes(meta.content.bytes)}, as it was sealed`
        if (!options.json)
          terminal.print(`${terminal.style.green('✓')} ${printable(path)}  ${terminal.style.dim(about)}`)
      }
    })
}

/**
 * A path has a `/` in it, an id never; only ids need the instance.
 *
 * @param open what is to be closed when they were read
 */
async function placesOf(
  { services }: Context,
  texts: readonly string[],
  open: AsyncDisposableStack,
): Promise<SealedPlace[]> {
  const wanted = [...new Set(texts)]
  if (wanted.every(isPath)) return wanted.map(placeAt)
  const instance = open.use(await services.openInstance())
  const places: SealedPlace[] = []
  for (const text of wanted) places.push(isPath(text) ? placeAt(text) : await placeOf(instance, text))
  return places
}

function isPath(text: string): boolean {
  return text.includes('/')
}

function placeAt(path: string): SealedPlace {
  return { kind: 'path', path: resolve(path) }
}

async function placeOf(instance: OpenInstance, text: string): Promise<SealedPlace> {
  const { recordings, destinations } = instance.catalogue
  const copies = await recordings.list()
  const fitting = copies.filter(({ recordingId }) => recordingId.startsWith(text))
  const records = await destinations.list()
  const recordOf = (one: RecordingCopy): DestinationRecord | undefined =>
    records.find(({ id }) => id === one.destinationId)
  const isReadable = (record: DestinationRecord | undefined): boolean =>
    record !== undefined && !isWriteOnly(record.spec)
  const readable = fitting.filter((one) => isReadable(recordOf(one)))
  const [copy] = readable.length > 0 ? readable : fitting
  const ids = new Set(fitting.map(({ recordingId }) => recordingId))
  if (copy === undefined) throw noSuch('recording', text, [...new Set(copies.map((one) => one.recordingId))])
  if (ids.size > 1) {
    throw new RedomaError('AMBIGUOUS', `several recordings begin with ${text}`, {
      hint: 'Give more of the id.',
    })
  }
  const record = recordOf(copy)
  if (record === undefined) {
    throw new RedomaError('NOT_FOUND', `the destination of recording ${copy.recordingId} was removed`, {
      hint: `Name the folder itself: …/${copy.folder}`,
    })
  }
  if (!isReadable(record)) throw onlyWrittenTo(record)
  // Where a recording was sealed anew, what was sealed last.
  const newestFirst = readable.toSorted((a, b) => b.sealedAt.getTime() - a.sealedAt.getTime())
  const reached = newestFirst.map(async (one) => {
    const at = recordOf(one)
    return at === undefined
      ? []
      : [{ destination: (await instance.reach(at)).destination, folder: one.folder }]
  })
  return { kind: 'destinations', copies: (await Promise.all(reached)).flat() }
}

/** Where identity files are looked for: a copy in a folder has them in its `secrets`. */
function besideOf(places: readonly SealedPlace[]): string {
  const [path = '.'] = places.flatMap((place) => (place.kind === 'path' ? [place.path] : []))
  return join(path, 'original.age')
}

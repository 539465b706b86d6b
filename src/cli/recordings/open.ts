import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { OpenedOrNot, SealedPlace } from '../../app/open-recording.ts'
import { onlyWrittenTo } from '../../app/write-only.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { DestinationRecord, RecordingCopy } from '../../ports/catalogue.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodeOf } from '../failure.ts'
import { formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { noSuch } from '../near-names.ts'
import { printable } from '../printable.ts'
import type { OpenInstance } from '../services.ts'

interface OpenOptions {
  readonly identity: string
  readonly passwordFile?: string
  readonly to?: string
  readonly json?: true
}

export function defineRecordingsOpen(group: Command, context: Context): void {
  group
    .command('open')
    .description('decrypt sealed recordings, byte for byte as they were')
    .argument('<recording...>', 'ids; or folders of sealed copies, which need no instance')
    .requiredOption('--identity <file>', 'identity.password.age')
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .option('--to <path>', 'where it goes; the folder for several (default: into this folder)', '.')
    .option('--json', 'print what is known of it as JSON')
    .addHelpText(
      'after',
      example(
        'redoma recordings open 3f2a… --identity identity.password.age --to session.cast',
        'redoma recordings open /media/nas/recordings/2026/03/01/* --identity F --to DIR',
      ),
    )
    .action(async (texts: string[], options: OpenOptions & { to: string }) => {
      const { terminal } = context
      await using open = new AsyncDisposableStack()
      const request = {
        identityFile: await readIdentityFile(options.identity),
        places: await placesOf(context, texts, open),
        askPassphrase: () => askSecret(terminal, { prompt: 'Master password', file: options.passwordFile }),
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
  const copy = fitting.find((one) => isReadable(recordOf(one))) ?? fitting[0]
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
  const { destination } = await instance.reach(record)
  return { kind: 'destination', destination, folder: copy.folder }
}

async function readIdentityFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new RedomaError('USAGE', `cannot read the identity file ${path}`, {
      cause: new Error(messageOf(error)),
    })
  })
}

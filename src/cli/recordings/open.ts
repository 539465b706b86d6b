import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { SealedPlace } from '../../app/open-recording.ts'
import { messageOf, RedomaError } from '../../core/errors.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { formatBytes } from '../figures.ts'
import { example } from '../help.ts'
import { noSuch } from '../near-names.ts'
import { printable } from '../printable.ts'

interface OpenOptions {
  readonly identity: string
  readonly passwordFile?: string
  readonly to?: string
  readonly json?: true
}

export function defineRecordingsOpen(group: Command, context: Context): void {
  group
    .command('open')
    .description('decrypt a sealed recording, byte for byte as it was')
    .argument('<recording>', 'its id; or the folder of the sealed copy, which needs no instance')
    .requiredOption('--identity <file>', 'identity.password.age')
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .option('--to <path>', 'where it goes (default: into this folder)', '.')
    .option('--json', 'print what is known of it as JSON')
    .addHelpText(
      'after',
      example(
        'redoma recordings open 3f2a… --identity identity.password.age --to session.cast',
        'redoma recordings open /media/nas/recordings/2026/03/01/3f2a… --identity F --to DIR',
      ),
    )
    .action(async (text: string, options: OpenOptions & { to: string }) => {
      const { terminal } = context
      const request = {
        place: await placeOf(context, text),
        identityFile: await readIdentityFile(options.identity),
        askPassphrase: () => askSecret(terminal, { prompt: 'Master password', file: options.passwordFile }),
        to: resolve(options.to),
      }
      const { meta, path } = await context.services.openRecording(request, context.signal)
      if (options.json) terminal.printJson({ path, meta })
      else {
        const about = `${meta.recordingFormat}, ${formatBytes(meta.content.bytes)}, as it was sealed`
        terminal.print(`${terminal.style.green('✓')} ${printable(path)}  ${terminal.style.dim(about)}`)
      }
    })
}

/** A path has a `/` in it, an id never. */
async function placeOf({ services }: Context, text: string): Promise<SealedPlace> {
  if (text.includes('/')) return { kind: 'path', path: resolve(text) }
  await using instance = await services.openInstance()
  const { recordings, destinations } = instance.catalogue
  const copies = await recordings.list()
  const fitting = copies.filter(({ recordingId }) => recordingId.startsWith(text))
  const [copy] = fitting
  const ids = new Set(fitting.map(({ recordingId }) => recordingId))
  if (copy === undefined) throw noSuch('recording', text, [...new Set(copies.map((one) => one.recordingId))])
  if (ids.size > 1) {
    throw new RedomaError('AMBIGUOUS', `several recordings begin with ${text}`, {
      hint: 'Give more of the id.',
    })
  }
  const records = await destinations.list()
  const record = records.find(({ id }) => id === copy.destinationId)
  if (record === undefined) {
    throw new RedomaError('NOT_FOUND', `the destination of recording ${copy.recordingId} was removed`, {
      hint: `Name the folder itself: …/${copy.folder}`,
    })
  }
  return { kind: 'destination', destination: await instance.reach(record), folder: copy.folder }
}

async function readIdentityFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new RedomaError('USAGE', `cannot read the identity file ${path}`, {
      cause: new Error(messageOf(error)),
    })
  })
}

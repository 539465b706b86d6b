import type { RecordingsFolder } from '../source/find-recordings.ts'
import type { FoundRecording, RecordingFile } from '../source/found-recording.ts'
import { bytesOfName, readableName } from '../source/raw-name.ts'
import { readRecordingFile, withRecordingFile } from '../source/recording-reader.ts'
import { type Digest, PassingDigest } from './digests.ts'
import { writeTar } from './tar.ts'

/** How the plaintext of `original.age` holds the recording: its one file as it is, or a tar of its files. */
export type PlaintextForm = 'file' | 'tar'

/** The recording as one stream. */
export interface RecordingStream {
  readonly form: PlaintextForm
  readonly chunks: AsyncIterable<Uint8Array>
  /** Of a tar's files, in their order, once it was read; empty for a single file. */
  readonly partDigests: readonly Digest[]
}

export function streamRecording(folder: RecordingsFolder, recording: FoundRecording): RecordingStream {
  const partDigests: Digest[] = []
  const read = async function* (file: RecordingFile): AsyncGenerator<Uint8Array> {
    const digest = new PassingDigest()
    yield* digest.through(readRecordingFile(folder, file))
    partDigests.push(digest.digest())
  }
  const [only] = recording.files
  if (recording.files.length === 1 && only !== undefined)
    return { form: 'file', chunks: readRecordingFile(folder, only), partDigests }
  return { form: 'tar', chunks: thenStillSame(tarOf(recording.files, read), folder, recording), partDigests }
}

/** A file that changed while a later one was read must not go unseen: then the parts would not fit each other. */
async function* thenStillSame(
  chunks: AsyncIterable<Uint8Array>,
  folder: RecordingsFolder,
  { files }: FoundRecording,
): AsyncGenerator<Uint8Array> {
  yield* chunks
  for (const file of files) await withRecordingFile(folder, file, async () => undefined)
}

/** Names in the tar: those of the files, or `part-<n>` for one that is not UTF-8, or could play tricks on a terminal. */
export function tarNamesOf(files: readonly RecordingFile[]): string[] {
  const taken = new Set(files.map((file) => readableName(file.name)))
  return files.map((file, index) => {
    const name = readableName(file.name)
    if (isExact(file, name)) return name
    let number = index + 1
    while (taken.has(`part-${number}`)) number += 1
    taken.add(`part-${number}`)
    return `part-${number}`
  })
}

export function isExact(file: RecordingFile, name: string): boolean {
  return Buffer.from(name).equals(bytesOfName(file.name))
}

function tarOf(
  files: readonly RecordingFile[],
  read: (file: RecordingFile) => AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  const names = tarNamesOf(files)
  const entries = files.map((file, index) => ({
    name: names[index] ?? '',
    size: file.size,
    mode: file.mode & 0o777,
    modifiedSeconds: Number(file.modifiedNs / 1_000_000_000n),
    open: () => read(file),
  }))
  // In the order of names: the same recording is the same stream, byte for byte.
  return writeTar(entries)
}

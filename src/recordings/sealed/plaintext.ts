import type { RecordingsFolder } from '../source/find-recordings.ts'
import type { FoundRecording, RecordingFile } from '../source/found-recording.ts'
import { readableName } from '../source/raw-name.ts'
import { readRecordingFile, withRecordingFile } from '../source/recording-reader.ts'
import { type Digest, PassingDigest } from './digests.ts'
import { writeTar } from './tar.ts'

/** How the plaintext of `original.age` holds the recording: its one file as it is, or a tar of its files. */
export type PlaintextForm = 'file' | 'tar'

/** The recording as one stream, with the digest of each of its files once it was read to the end. */
export interface RecordingStream {
  readonly form: PlaintextForm
  readonly chunks: AsyncIterable<Uint8Array>
  /** In the order of the recording's files. */
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
    return { form: 'file', chunks: read(only), partDigests }
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

/** Names as they are in the tar: those of the files, where two do not become the same. */
export function tarNamesOf(files: readonly RecordingFile[]): string[] {
  const names = files.map((file) => readableName(file.name))
  return names.map((name, index) => (names.indexOf(name) === index ? name : `${index}-${name}`))
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

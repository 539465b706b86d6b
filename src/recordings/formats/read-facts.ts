import { isRedomaError, messageOf } from '../../core/errors.ts'
import type { RecordingsFolder } from '../source/find-recordings.ts'
import type { FoundRecording } from '../source/found-recording.ts'
import { withRecordingFile } from '../source/recording-reader.ts'
import { readAsciicast } from './asciicast.ts'
import type { OpenRecording, ReadFormat, RecordingFacts } from './format.ts'
import { readGuacamole } from './guacamole.ts'
import { type Peek, peekInto } from './peek.ts'
import { readScript } from './script.ts'
import { withSidecar } from './sidecar.ts'
import { readSudoIo } from './sudo-io.ts'
import { readTlog } from './tlog.ts'
import { readTtyrec } from './ttyrec.ts'
import { readVideo } from './video.ts'

/** The surest signs first: ttyrec has hardly any. */
const formats: readonly ReadFormat[] = [
  readSudoIo,
  readAsciicast,
  readTlog,
  readGuacamole,
  readScript,
  readVideo,
  readTtyrec,
]

/**
 * Recognises a recording by its content and reads what it says of itself. Never fails for the content's sake: what
 * nobody knows is `opaque`, and sealed all the same.
 *
 * @throws RedomaError `SOURCE_UNREADABLE` when a file cannot be read, or changes meanwhile
 */
export async function readFacts(
  folder: RecordingsFolder,
  found: FoundRecording,
  signal: AbortSignal,
): Promise<RecordingFacts> {
  return withPeeks(folder, found, [], async (peeks) => {
    const recording = { found, peeks }
    return withSidecar(recording, await firstThatKnows(recording, signal))
  })
}

async function firstThatKnows(recording: OpenRecording, signal: AbortSignal): Promise<RecordingFacts> {
  const problems: string[] = []
  for (const read of formats) {
    try {
      const facts = await read(recording, signal)
      if (facts !== undefined) return facts
    } catch (error) {
      if (isRedomaError(error) || signal.aborted) throw error
      // A fault of ours in reading one format must not keep evidence from being sealed.
      problems.push(`its metadata could not be read: ${messageOf(error)}`)
    }
  }
  return { format: 'opaque', endMark: 'none', details: {}, problems }
}

/** More files than any format has are not looked into; they are sealed like the others. */
const maximumPeeks = 16

async function withPeeks<T>(
  folder: RecordingsFolder,
  found: FoundRecording,
  peeks: readonly Peek[],
  work: (peeks: readonly Peek[]) => Promise<T>,
): Promise<T> {
  const file = found.files[peeks.length]
  if (file === undefined || peeks.length === maximumPeeks) return work(peeks)
  return withRecordingFile(folder, file, async (open) =>
    withPeeks(folder, found, [...peeks, await peekInto(open)], work),
  )
}

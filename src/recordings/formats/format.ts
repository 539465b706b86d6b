import type { EndMark } from '../finished.ts'
import type { FoundRecording, RecordingFile } from '../source/found-recording.ts'
import type { Peek } from './peek.ts'

export type FormatName =
  | 'asciicast-v1'
  | 'asciicast-v2'
  | 'asciicast-v3'
  | 'guacamole'
  | 'sudo-io'
  | 'tlog'
  | 'script-classic'
  | 'script-advanced'
  | 'ttyrec'
  | 'mp4'
  | 'webm'
  | 'avi'
  | 'opaque'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What is known of a recording from its content. */
export interface RecordingFacts {
  readonly format: FormatName
  readonly startedAt?: Date | undefined
  readonly durationSeconds?: number | undefined
  readonly endMark: EndMark
  /** User, host, command line, title, environment …: may hold secrets, so it is only ever kept encrypted. */
  readonly details: Readonly<Record<string, Json>>
  /** What is wrong with the content, which is sealed all the same. */
  readonly problems: readonly string[]
}

/** A recording being looked into. */
export interface OpenRecording {
  readonly found: FoundRecording
  readonly peeks: readonly Peek[]
}

/**
 * Reads what it understands of a recording; `undefined` when it is not of this format. Content that is damaged makes
 * `problems`, never an error: it is evidence all the same.
 *
 * @throws RedomaError `SOURCE_UNREADABLE` when the files cannot be read
 */
export type ReadFormat = (
  recording: OpenRecording,
  signal: AbortSignal,
) => Promise<RecordingFacts | undefined>

export function peekAt(
  recording: OpenRecording,
  isWanted: (file: RecordingFile) => boolean,
): Peek | undefined {
  return recording.peeks.find((peek) => isWanted(peek.file))
}

/** Leaves out what is not known. */
export function knownDetails(record: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  const known = Object.entries(record).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return Object.fromEntries(known)
}

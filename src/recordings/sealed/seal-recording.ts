import type { Finish } from '../finished.ts'
import type { RecordingFacts } from '../formats/format.ts'
import type { RecordingsFolder } from '../source/find-recordings.ts'
import { dateOfNs, type FoundRecording } from '../source/found-recording.ts'
import { bytesOfName, readableName } from '../source/raw-name.ts'
import { type Digest, PassingDigest, PassingPlaintext, type PlaintextDigest } from './digests.ts'
import { merkleLeafBytes } from './merkle.ts'
import type { SealedMeta } from './meta.ts'
import { isExact, type PlaintextForm, streamRecording, tarNamesOf } from './plaintext.ts'
import { forget, type SealedObject, type Sealer, sealObject } from './seal.ts'

export interface RecordingToSeal {
  readonly id: string
  readonly source: string
  readonly recording: FoundRecording
  readonly facts: RecordingFacts
  readonly finish: Finish
  readonly sealedAt: Date
  readonly generation: number
}

/** A sealed copy that was put, and is not proven yet. */
export interface SealedRecording {
  /** `recordings/<yyyy>/<mm>/<dd>/<recording id>` */
  readonly folder: string
  readonly original: SealedObject<PlaintextDigest>
  readonly meta: SealedObject
}

/** Puts `original.age` and then `meta.age`: whoever finds both has a whole copy. */
export async function sealRecording(
  sealer: Sealer,
  source: RecordingsFolder,
  toSeal: RecordingToSeal,
  folder: string,
  signal: AbortSignal,
): Promise<SealedRecording> {
  let stream = streamRecording(source, toSeal.recording)
  const open = (): AsyncIterable<Uint8Array> => {
    stream = streamRecording(source, toSeal.recording)
    return stream.chunks
  }
  const content = { open, measure: () => new PassingPlaintext() }
  const original = await sealObject(sealer, `${folder}/original.age`, content, signal)
  try {
    const meta = metaOf(toSeal, stream.form, original.plaintext, stream.partDigests)
    const text = { open: () => jsonBytes(meta), measure: () => new PassingDigest() }
    return { folder, original, meta: await sealObject(sealer, `${folder}/meta.age`, text, signal) }
  } catch (error) {
    forget(original)
    throw error
  }
}

async function* jsonBytes(meta: SealedMeta): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(meta, undefined, 2)}\n`)
}

function metaOf(
  { id, source, recording, facts, finish, sealedAt, generation }: RecordingToSeal,
  form: PlaintextForm,
  plaintext: PlaintextDigest,
  partDigests: readonly Digest[],
): SealedMeta {
  const { bytes, sha256, merkleRoot } = plaintext
  return {
    format: 'redoma recording',
    version: 1,
    recording: id,
    source,
    path: readableName(recording.path),
    sealedAt: sealedAt.toISOString(),
    generation,
    recordingFormat: facts.format,
    ...(facts.startedAt === undefined ? {} : { startedAt: facts.startedAt.toISOString() }),
    ...(facts.durationSeconds === undefined ? {} : { durationSeconds: facts.durationSeconds }),
    ...(finish.kind === 'interrupted' ? { interrupted: true } : {}),
    details: { ...facts.details },
    problems: [...facts.problems],
    content: { form, bytes, sha256, merkle: { leafBytes: merkleLeafBytes, root: merkleRoot } },
    // A single file is the plaintext itself: one hash says both.
    parts: partsOf(recording, form === 'file' ? [plaintext] : partDigests),
  }
}

function partsOf({ files }: FoundRecording, digests: readonly Digest[]): SealedMeta['parts'] {
  const names = tarNamesOf(files)
  return files.map((file, index) => {
    const name = names[index] ?? ''
    return {
      name,
      ...(isExact(file, name) ? {} : { nameBytes: bytesOfName(file.name).toString('base64') }),
      bytes: file.size,
      sha256: digests[index]?.sha256 ?? '',
      modifiedAt: dateOfNs(file.modifiedNs).toISOString(),
      mode: `0${(file.mode & 0o7777).toString(8).padStart(3, '0')}`,
    }
  })
}

import { closeSync } from 'node:fs'
import { isRedomaError, type RedomaError } from '../../core/errors.ts'
import { dataExtents, type Extent } from './data-extents.ts'
import { entryProblem } from './entry-problem.ts'
import type { BlobToWrite, FileToWrite, FromRestoreThread, RestoreProblem, RestoreTask } from './messages.ts'
import { type NewFiles, writeExtents } from './new-files.ts'

type RegionTask = Extract<RestoreTask, { readonly kind: 'region' }>

/** Opens a blob in place. @throws RedomaError `REPOSITORY_DAMAGED`, `DATA_DAMAGED` */
type OpenBlob = (blob: BlobToWrite['blob'], stored: Uint8Array) => Uint8Array

/** Writes what lies in a part of a pack into the files that it belongs to, and finishes those of which it is all. */
export function writeRegion(
  { bytes, blobs, files }: RegionTask,
  openBlob: OpenBlob,
  newFiles: NewFiles,
): Pick<FromRestoreThread, 'problems' | 'damaged'> {
  const damaged: { blob: number; message: string }[] = []
  using writing = writeTo(files, newFiles)
  for (const [number, { blob, writes }] of blobs.entries()) {
    const content = tryOpening(blob, bytes, openBlob)
    if (content instanceof Uint8Array) {
      const extents = dataExtents(content)
      for (const { file, position } of writes) writing.write(file, content, position, extents)
    } else {
      damaged.push({ blob: number, message: content.message })
      for (const { file } of writes) writing.lacks(file)
    }
  }
  writing.finish()
  return { problems: writing.problems, damaged }
}

function tryOpening(
  blob: BlobToWrite['blob'],
  bytes: Uint8Array,
  openBlob: OpenBlob,
): Uint8Array | RedomaError {
  try {
    return openBlob(blob, bytes.subarray(blob.offset, blob.offset + blob.length))
  } catch (error) {
    if (!isRedomaError(error)) throw error
    return error
  }
}

interface WritingFile {
  readonly file: FileToWrite
  fd: number | undefined
  /** It is not finished here when it failed, or lacks a blob that is damaged. */
  state: 'sound' | 'lacking' | 'failed'
  /** Whether its last byte was written. */
  hasLength: boolean
}

interface Writing extends Disposable {
  readonly problems: readonly RestoreProblem[]
  write(number: number, content: Uint8Array, position: number, extents: readonly Extent[]): void
  lacks(number: number): void
  finish(): void
}

/** The files of one region, each open from its first blob on. What is wrong with one costs that one. */
function writeTo(files: readonly FileToWrite[], newFiles: NewFiles): Writing {
  const problems: RestoreProblem[] = []
  const all = files.map((file): WritingFile => ({ file, fd: undefined, state: 'sound', hasLength: false }))

  function attempt(writing: WritingFile, work: () => void): void {
    try {
      work()
    } catch (error) {
      writing.state = 'failed'
      problems.push({ file: writing.file.number, message: entryProblem(error), isFatal: true })
    }
  }

  function finish(writing: WritingFile): void {
    const { file, fd, state, hasLength } = writing
    if (fd === undefined) return
    writing.fd = undefined
    try {
      if (state === 'sound')
        attempt(writing, () => {
          problems.push(...newFiles.finish(fd, file, hasLength))
        })
    } finally {
      closeSync(fd)
    }
  }

  return {
    problems,
    write(number, content, position, extents) {
      const writing = all[number]
      if (writing === undefined || writing.state === 'failed') return
      const { file } = writing
      attempt(writing, () => {
        // What is all here was not begun before.
        writing.fd ??= newFiles.open(file, file.metadata === undefined ? 'perhaps' : 'not yet')
        writeExtents(writing.fd, content, position, extents)
        if (position + (extents.at(-1)?.to ?? 0) === file.size) writing.hasLength = true
      })
      // Small files are done with their only blob, and must not stay open in their thousands.
      if (position === 0 && content.length === file.size) finish(writing)
    },
    lacks(number) {
      const writing = all[number]
      if (writing?.state === 'sound') writing.state = 'lacking'
    },
    finish() {
      for (const writing of all) finish(writing)
    },
    /** Only what ends the restore leaves any open. */
    [Symbol.dispose]() {
      for (const { fd } of all) if (fd !== undefined) closeSync(fd)
    },
  }
}

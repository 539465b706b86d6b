import { closeSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import type { Primitives } from '../../crypto/primitives.ts'
import type { Envelope } from '../envelope/envelope.ts'
import { openBlob } from '../packs/open-blob.ts'
import { makeScratch } from '../packs/scratch.ts'
import { compareFile } from './compare-file.ts'
import { entryProblem } from './entry-problem.ts'
import { type HeldFolders, holdFolders } from './held-folders.ts'
import type {
  FileToWrite,
  FromRestoreThread,
  RestoreProblem,
  RestoreTask,
  ToRestoreThread,
} from './messages.ts'
import { makeNewFiles, type NewFiles } from './new-files.ts'
import { makeReadChunks } from './read-chunks.ts'
import { verifyFile } from './verify-file.ts'
import { writeRegion } from './write-region.ts'

export interface WriteFilesDeps {
  readonly envelope: Envelope
  readonly primitives: Primitives
  readonly fileCalls: FileCalls
  readonly mark: string
}

type Answer = Partial<Omit<FromRestoreThread, 'kind'>>

/** Does what a message asks for. What is wrong with single files or blobs is told, not thrown. */
export function makeWriteFiles(deps: WriteFilesDeps): (message: ToRestoreThread) => FromRestoreThread {
  const { envelope, primitives, fileCalls, mark } = deps
  const scratch = makeScratch()
  const chunks = makeReadChunks({ ...deps, scratch })

  function answer(task: RestoreTask, folders: HeldFolders): Answer {
    const newFiles = makeNewFiles({ folders, fileCalls, mark })
    switch (task.kind) {
      case 'region':
        return writeRegion(
          task,
          (blob, stored) => openBlob(blob, stored, envelope, primitives, scratch),
          newFiles,
        )
      case 'complete':
        return { problems: task.files.flatMap((file) => complete(file, newFiles)) }
      case 'compare': {
        const compared = task.files.map((file) =>
          compareFile(file, { ...task, folders, chunks, fileCalls, newFiles }),
        )
        return {
          found: compared.map(({ found }) => found),
          problems: compared.flatMap(({ problems }) => problems),
        }
      }
      case 'verify':
        return { problems: task.files.flatMap((file) => verifyFile(file, chunks, folders)) }
    }
  }

  return ({ target, task }) => {
    using folders = holdFolders(target)
    return { kind: 'done', problems: [], damaged: [], found: [], ...answer(task, folders) }
  }
}

/** All of its content was written before, or there is none. */
function complete(file: FileToWrite, newFiles: NewFiles): RestoreProblem[] {
  try {
    const fd = newFiles.open(file, 'perhaps')
    try {
      return newFiles.finish(fd, file, false)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    return [{ file: file.number, message: entryProblem(error), isFatal: true }]
  }
}

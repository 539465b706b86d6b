import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { entryProblem } from './entry-problem.ts'
import type { HeldFolders } from './held-folders.ts'
import type { FileToVerify, RestoreProblem } from './messages.ts'
import type { ReadChunks } from './read-chunks.ts'

/** Reads a file back, and compares its chunks. */
export function verifyFile(file: FileToVerify, chunks: ReadChunks, folders: HeldFolders): RestoreProblem[] {
  try {
    return holdsAll(file, chunks, folders)
      ? []
      : [{ file: file.number, message: 'is not what was written', isFatal: true }]
  } catch (error) {
    return [{ file: file.number, message: entryProblem(error), isFatal: true }]
  }
}

function holdsAll(
  { path, size, chunks: parts }: FileToVerify,
  chunks: ReadChunks,
  folders: HeldFolders,
): boolean {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const fd = openSync(folders.entry(path), flags)
  try {
    const found = fstatSync(fd).size
    let position = 0
    for (const chunk of parts) {
      if (!chunks.holds(fd, position, chunk, found)) return false
      position += chunk.length
    }
    return found === size
  } finally {
    closeSync(fd)
  }
}

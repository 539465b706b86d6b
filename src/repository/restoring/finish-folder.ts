import { fstatSync } from 'node:fs'
import type { FileCalls } from '../../crypto/file-calls.ts'
import { applyMetadata } from '../files/apply-metadata.ts'
import { joinRaw, type RawPath } from '../files/raw-path.ts'
import { attempt } from './entry-problem.ts'
import type { HeldFolders } from './held-folders.ts'
import { metadataOf } from './plan-files.ts'
import type { RestoreRequest } from './request.ts'
import type { TargetFolder } from './target-folder.ts'

export interface FinishFolderDeps {
  readonly folders: HeldFolders
  readonly request: RestoreRequest
  readonly repository: { readonly fileCalls: FileCalls }
  /** Takes away what the snapshot does not have; `relative` as in `TargetFolder`. */
  readonly remove: (path: RawPath, relative: RawPath) => void
  readonly onProblem: (path: RawPath, message: string) => void
}

/** Removes what is too much in it, then gives it its metadata. Those below come first: what is done in a folder changes its times. */
export function finishFolder(folder: TargetFolder, deps: FinishFolderDeps): void {
  const { path, relative, node, made } = folder
  const { request, onProblem } = deps
  for (const name of folder.extra) {
    attempt(path, onProblem, () => {
      deps.remove(joinRaw(path, name), relative === '' ? name : joinRaw(relative, name))
    })
  }
  const isLeft = made === 'there before' && request.overwrite === 'never'
  if (request.dryRun || node === undefined || isLeft) return
  attempt(path, onProblem, () => {
    const fd = deps.folders.folder(path)
    const before = made === 'new' ? undefined : fstatSync(fd, { bigint: true })
    for (const problem of applyMetadata(fd, metadataOf(node), deps.repository.fileCalls, before))
      onProblem(path, problem)
  })
}

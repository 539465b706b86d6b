import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isRedomaError, messageOf, RedomaError } from '../core/errors.ts'
import type { Catalogue } from '../ports/catalogue.ts'
import type { CollectEnvironment } from '../ports/environment.ts'

/** The source of system backups that is the instance itself. */
export const instanceSource = 'instance'

export interface StageInstanceDeps {
  readonly catalogue: Pick<Catalogue, 'copyTo'>
  readonly collectEnvironment: CollectEnvironment
  readonly home: string
}

/**
 * What a snapshot of the instance holds, in a folder whose path is always the same, so that snapshots compare: a
 * consistent copy of the catalogue (its secrets are sealed in it) and the facts of the environment. Gone when disposed.
 */
export async function stageInstance(
  deps: StageInstanceDeps,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = join(deps.home, 'run', 'instance')
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true })
  // What a run left that was killed.
  await remove()
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await deps.catalogue.copyTo(join(path, 'catalogue.sqlite'))
    const environment = `${JSON.stringify(await deps.collectEnvironment(), null, 2)}\n`
    await writeFile(join(path, 'environment.json'), environment, { mode: 0o600 })
  } catch (error) {
    await remove()
    if (isRedomaError(error)) throw error
    throw new RedomaError('FILE_FAILED', `what belongs to a backup of the instance: ${messageOf(error)}`, {
      hint: `Free space on the disk of ${deps.home}, and see that Redoma may write there.`,
      cause: error,
    })
  }
  return { path, [Symbol.asyncDispose]: remove }
}

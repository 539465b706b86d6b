import { lstat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { isWithin } from '../is-within.ts'
import { type OwnPlaces, requireFitRoot, requireNotOurs } from './fit-root.ts'

/** A folder to restore to, and the one that it must stay below. Both are real paths. */
export interface PlaceBelowRoot {
  readonly target: string
  readonly below: string
}

/**
 * Where somebody restores to who came over the network. The engine looks at each name of it once more, in what it has open: what is
 * said here is said to who asks, before anything begins.
 *
 * @throws RedomaError `NOT_ALLOWED` where there is no root, or the target is not below it; `PATH_UNSAFE`
 */
export async function placeBelowRoot(
  own: OwnPlaces,
  root: string | undefined,
  target: string,
): Promise<PlaceBelowRoot> {
  if (root === undefined)
    throw new RedomaError('NOT_ALLOWED', 'this machine has no folder that is restored to over the network', {
      hint: 'On the machine itself: redoma config restore-root FOLDER; or restore there: redoma restore',
    })
  const below = await requireFitRoot(own, root)
  // It was named by its real path.
  if (below !== root) throw new RedomaError('PATH_UNSAFE', `${root} is reached by a link by now: ${below}`)
  if (target === root || !isWithin(target, root))
    throw new RedomaError('NOT_ALLOWED', `${target} is not below ${root}`, {
      hint: 'Over the network nothing else is written to. On the machine itself: redoma restore',
    })
  const names = relative(root, target).split('/')
  for (const [at] of names.entries()) {
    const folder = join(below, ...names.slice(0, at + 1))
    const found = await lstat(folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined
      throw new RedomaError('PATH_UNSAFE', `${folder} cannot be looked at`, { cause: error })
    })
    if (found === undefined) break
    if (!found.isDirectory()) throw new RedomaError('PATH_UNSAFE', `${folder} is a link, or no folder`)
    await requireNotOurs(own, folder)
  }
  return { target: join(below, ...names), below }
}

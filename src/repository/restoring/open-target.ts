import { closeSync, constants, mkdirSync, openSync, realpathSync } from 'node:fs'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { rawPathOf } from '../files/raw-path.ts'
import { pathOnly, type Target } from './held-folders.ts'
import { openBelow } from './open-below.ts'
import type { RestoreRequest } from './request.ts'
import { targetFailure } from './target-failure.ts'

/**
 * The target itself may be reached by a link: it is the operator's word, unless it has to be below another folder. Below it, none is followed.
 *
 * @throws RedomaError `PATH_UNSAFE` when all that this machine has would be deleted but for what the snapshot has, and what `openBelow` throws;
 * `TARGET_FULL`, `TARGET_READ_ONLY`
 */
export function openTarget(request: RestoreRequest): Target & Disposable {
  const { target, below, dryRun, deletes, path: from } = request
  if (below !== undefined) return held(target, openBelow(below, target, !dryRun))
  const path = dryRun ? target : makeTarget(target)
  if (path === '/' && deletes === 'extra' && !dryRun) {
    throw new RedomaError(
      'PATH_UNSAFE',
      `this would delete all that is below / and not in ${from ?? 'the snapshot'}`,
      {
        hint: 'Look at it with --dry-run first; --delete-below-root says that you mean it.',
      },
    )
  }
  return held(path, openIfThere(path))
}

function held(path: string, fd: number | undefined): Target & Disposable {
  return {
    path: rawPathOf(path),
    fd,
    [Symbol.dispose]() {
      if (fd !== undefined) closeSync(fd)
    },
  }
}

function makeTarget(target: string): string {
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 })
    return realpathSync(target)
  } catch (error) {
    throw targetFailure(error) ?? error
  }
}

/** Only a dry run has made none. */
function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, pathOnly | constants.O_DIRECTORY)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

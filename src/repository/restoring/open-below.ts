import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { isAbsolute, relative } from 'node:path'
import { RedomaError, systemCode } from '../../core/errors.ts'
import { pathOnly } from './held-folders.ts'
import { targetFailure } from './target-failure.ts'

const folderFlags = pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW

/**
 * Opens a folder below another one, each name in what was opened before it, and never by a link: whoever may put one in its way does not lead
 * elsewhere who asked for it.
 *
 * @param makes whether what is missing is made
 * @returns what is open; `undefined` where it is missing and not made
 * @throws RedomaError `PATH_UNSAFE` where it is not below, or something in its way is no folder; `TARGET_FULL`, `TARGET_READ_ONLY`
 */
export function openBelow(root: string, path: string, makes: boolean): number | undefined {
  const way = relative(root, path)
  const names = way.split('/')
  if (way === '' || isAbsolute(way) || names.includes('..') || path.includes('\0'))
    throw new RedomaError('PATH_UNSAFE', `${path} is not below ${root}`)
  let fd = openSync(root, folderFlags)
  for (const name of names) {
    const next = openNext(fd, name, makes, path)
    closeSync(fd)
    if (next === undefined) return undefined
    fd = next
  }
  return fd
}

function openNext(fd: number, name: string, makes: boolean, path: string): number | undefined {
  const entry = `/proc/self/fd/${fd}/${name}`
  try {
    if (makes) makeIfMissing(entry)
    return openSync(entry, folderFlags)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' && !makes) return undefined
    closeSync(fd)
    if (code !== 'ENOTDIR' && code !== 'ELOOP') throw targetFailure(error) ?? error
    throw new RedomaError('PATH_UNSAFE', `${name} in ${path} is a link, or no folder`, {
      hint: 'Name a folder that is reached without links.',
      cause: error,
    })
  }
}

function makeIfMissing(entry: string): void {
  try {
    mkdirSync(entry, { mode: 0o700 })
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error
  }
}

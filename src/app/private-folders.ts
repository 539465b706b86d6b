import { realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { RedomaError } from '../core/errors.ts'
import type { SourceSpec } from '../ports/catalogue.ts'
import { isWithin } from './is-within.ts'

/** What no source may name, nor anything in it: the instance's key is there, and what else belongs into bundles alone, or nowhere. */
export interface PrivateFolders {
  /** The instance's folder. */
  readonly home: string
  /** Those of the service, whether or not this is it. */
  readonly serviceFolders?: readonly string[] | undefined
}

/** The paths of this machine that a source names, and reads as they are. */
export function pathsOf(spec: SourceSpec): readonly string[] {
  switch (spec.kind) {
    case 'files':
      return spec.paths
    case 'recordings':
    case 'sqlite':
      return [spec.path]
    case 'postgresql':
    case 'mariadb':
    case 'command':
      return []
  }
}

/** @throws RedomaError `USAGE` for the first path that is private, however it is spelled */
export async function refusePrivate(deps: PrivateFolders, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const why = await whyPrivate(deps, path)
    if (why === undefined) continue
    throw new RedomaError('USAGE', why, {
      hint: 'The instance is backed up without being named: a copy of its catalogue in each system backup, its key in each bundle.',
    })
  }
}

/**
 * Says of a path that is private why no source may have it; `undefined` of any other, among them one that is not there. Links are followed,
 * and a folder that is mounted a second time elsewhere is known by its device and inode. What is below `/proc` is always private: names lead
 * from there to every file, and to what processes have in their environment.
 */
export async function whyPrivate(deps: PrivateFolders, path: string): Promise<string | undefined> {
  const real = await realOf(path)
  const ways = [path, real]
  if (ways.some((way) => isWithin(way, '/proc')))
    return `${path} is below /proc, which is the kernel's and holds no files to be kept`
  for (const folder of [deps.home, ...(deps.serviceFolders ?? [])]) {
    const names = [folder, await realOf(folder)]
    const isNamed = ways.some((way) => names.some((name) => isWithin(way, name)))
    if (isNamed || (await hasAbove(path, await identityOf(folder))))
      return `${path} is, or lies in, ${folder}, which belongs to Redoma itself`
  }
  return undefined
}

/** Of what is not there, the path as it is. */
export async function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

/** Whether a folder is the path, or one of those above it. `..` is the kernel's: it leads to where a folder really is, not to where its name says. */
async function hasAbove(path: string, folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return false
  const found = await stat(path).catch(() => undefined)
  let at = found?.isDirectory() === true ? path : dirname(path)
  for (let before: string | undefined; ; at = `${at}/..`) {
    const here = await identityOf(at)
    if (here === folder) return true
    // The root is above itself.
    if (here === undefined || here === before) return false
    before = here
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined)
  return found === undefined ? undefined : `${found.dev}:${found.ino}`
}

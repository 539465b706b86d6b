import { resolve } from 'node:path'
import { joinRaw, type RawPath, rawPathOf } from '../files/raw-path.ts'

/** The paths of a backup as a tree of names from `/` down: folders on the way hold only what was asked for. */
export interface RequestedPath {
  readonly name: RawPath
  readonly path: RawPath
  /** Whether all of it was asked for, and not only what is in `children`. */
  whole: boolean
  readonly children: Map<RawPath, RequestedPath>
}

export function planRequestedPaths(paths: readonly string[]): RequestedPath {
  const root = requestedPath('/' as RawPath, '/' as RawPath)
  for (const path of paths) {
    let at = root
    for (const part of resolve(path).split('/')) {
      if (part !== '') at = childOf(at, rawPathOf(part))
    }
    at.whole = true
  }
  return root
}

function childOf(parent: RequestedPath, name: RawPath): RequestedPath {
  const child = parent.children.get(name) ?? requestedPath(name, joinRaw(parent.path, name))
  parent.children.set(name, child)
  return child
}

function requestedPath(name: RawPath, path: RawPath): RequestedPath {
  return { name, path, whole: false, children: new Map() }
}

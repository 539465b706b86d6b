import { isAbsolute, relative } from 'node:path'

/** Whether a path is a folder or lies below it, as far as their names tell. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith('../') || isAbsolute(way))
}

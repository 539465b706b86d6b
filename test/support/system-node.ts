import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The Node.js of this machine, which is another one than that of the packages, and older as a rule; `undefined` where there is none. */
export function systemNode(): string | undefined {
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
  return folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path))
}

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** All files under a path by name, each with the SHA-256 of its content; a single file has no name. */
export async function digestsOf(path: string): Promise<Record<string, string>> {
  const names = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => undefined)
  if (names === undefined) return { '': await digestOfFile(path) }
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const digests: Record<string, string> = {}
  for (const file of files) digests[file.slice(path.length + 1)] = await digestOfFile(file)
  return digests
}

async function digestOfFile(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

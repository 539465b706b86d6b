import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex } from '../../core/bytes.ts'
import { systemCode } from '../../core/errors.ts'
import { isAlive, processIdentity } from '../../core/process-identity.ts'

const ownerName = 'owner'

/**
 * A folder of this process alone among those of the instance's others. What processes left that have died is removed: what they had
 * spooled and not sent was promised to nobody.
 *
 * @param parent made when it is not there
 */
export async function makeSpoolFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 })
  await removeLeftovers(parent)
  const folder = join(parent, `${process.pid}-${toHex(randomBytes(6))}`)
  // Who let go of the last spool there has perhaps removed the parent just now.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, ownerName), (await processIdentity(process.pid)) ?? '', { mode: 0o600 })
  return folder
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await namesIn(parent)) {
    const [, pid] = /^(\d{1,10})-[0-9a-f]{12}$/.exec(name) ?? []
    if (pid === undefined) continue
    const folder = join(parent, name)
    if (await isAlive(Number(pid), await ownerOf(folder))) continue
    // Another process may be at it, too; what stays is untidy only.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** `undefined`, too, when its process died before it wrote it, or is about to. */
async function ownerOf(folder: string): Promise<string | undefined> {
  try {
    const identity = await readFile(join(folder, ownerName), 'utf8')
    return identity === '' ? undefined : identity
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

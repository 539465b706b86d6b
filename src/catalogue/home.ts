import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Of the catalogue in the instance's folder; its presence is what makes the folder an instance. */
export function cataloguePath(home: string): string {
  return join(home, 'catalogue.sqlite')
}

/** Of the 32 bytes that the catalogue's secrets are sealed with. */
export function keyPath(home: string): string {
  return join(home, 'instance.key')
}

/** Of what says that the catalogue is not in this folder, but in a PostgreSQL. */
export function markPath(home: string): string {
  return join(home, 'catalogue.postgresql')
}

export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** After it, the names in the folder survive the loss of power. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r')
  await folder.sync()
}

/** Whether this user id is the one that we run as. */
export function isOwn(uid: number): boolean {
  return process.geteuid === undefined || uid === process.geteuid()
}

import { readFile, readlink } from 'node:fs/promises'
import { isAlive, processIdentity } from '../core/process-identity.ts'
import type { Database } from './tables.ts'

/*
 * Who holds a run, a lease or a change is a process: its number, and what tells it from a later one of that number. Of a catalogue that one
 * machine has, that is `BOOT/START`, and the machine's own table says whether it lives. Of one that several nodes share it is
 * `BOOT/START/NAMESPACE`: it lives as long as its presence is in the catalogue, and where its table can be seen from here, as long as it runs
 * as well.
 */

export type Identify = (processId: number) => Promise<string | undefined>

/** Of a process of this machine, for a catalogue that is shared. `undefined` where the system does not say. */
export const identifyAmongNodes: Identify = async (processId) => {
  const [identity, namespace] = await Promise.all([processIdentity(processId), ownNamespace()])
  return identity === undefined || namespace === undefined ? undefined : `${identity}/${namespace}`
}

/** Whether the process that had this number and identity still holds what it took. */
export async function stillHolds(
  db: Database,
  processId: number,
  identity: string | undefined,
): Promise<boolean> {
  const [boot = '', start = '', namespace] = identity?.split('/') ?? []
  if (identity === undefined || namespace === undefined) return isAlive(processId, identity)
  if (!(await isPresent(db, processId, identity))) return false
  const isSeen = boot === (await ownBoot()) && namespace === (await ownNamespace())
  return !isSeen || (await isAlive(processId, `${boot}/${start}`))
}

/** For people: `process 12`, or `process 12 on pam-2` where several nodes share the catalogue. */
export async function nameHolder(
  db: Database,
  processId: number,
  identity: string | undefined,
): Promise<string> {
  const row = identity === undefined ? undefined : await presenceOf(db, processId, identity)
  return row === undefined || row.host === '' ? `process ${processId}` : `process ${processId} on ${row.host}`
}

async function isPresent(db: Database, processId: number, identity: string): Promise<boolean> {
  return (await presenceOf(db, processId, identity)) !== undefined
}

function presenceOf(db: Database, processId: number, identity: string) {
  return db
    .selectFrom('presence')
    .select('host')
    .where('process_id', '=', processId)
    .where('process_identity', '=', identity)
    .limit(1)
    .executeTakeFirst()
}

async function ownBoot(): Promise<string | undefined> {
  const text = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined)
  return text?.trim()
}

/** `pid:[4026531836]`: processes of another container may have the same numbers. */
function ownNamespace(): Promise<string | undefined> {
  return readlink('/proc/self/ns/pid').catch(() => undefined)
}

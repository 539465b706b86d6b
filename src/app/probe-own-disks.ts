import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { toHex } from '../core/bytes.ts'
import { bodyOf, type Destination, parseObjectName } from '../ports/destination.ts'
import type { Machine } from '../ports/machine.ts'

export interface ProbedDisks {
  /** Where the object lies on a disk of this machine. */
  readonly foundAt: string | undefined
  /** What could not be made sure: a sentence each. */
  readonly doubts: readonly string[]
}

const words = Buffer.from(
  'Redoma looked whether this place is on the instance itself. This file is not needed any more.\n',
)

/**
 * Puts an object of a random name at the destination, and looks for that name on the disks of this machine. Whatever a server is called
 * and whichever way leads to it, what it writes to this machine's own disks turns up there, unless it keeps it under other names.
 *
 * @throws RedomaError those of the destination
 */
export async function probeOwnDisks(
  { home, machine }: { readonly home: string; readonly machine: Machine },
  destination: Destination,
  signal: AbortSignal,
): Promise<ProbedDisks> {
  const token = toHex(randomBytes(16))
  const name = parseObjectName(`redoma-where-${token}`)
  await destination.put(name, bodyOf(words), signal)
  const doubts: string[] = []
  let search: Awaited<ReturnType<Machine['findOnDisks']>>
  try {
    await destination.flush(signal)
    // There it waits to be sent, for destinations that send in batches.
    search = await machine.findOnDisks(token, [join(home, 'run')], signal)
  } finally {
    if (!(await isRemoved(destination, name)))
      doubts.push(`The object ${name} stays there: it cannot be removed.`)
  }
  if (search.kind === 'unfinished')
    doubts.push(
      `Not all disks of this machine were looked at for it (${search.why}): make sure that it is on another machine.`,
    )
  return { foundAt: search.kind === 'found' ? search.path : undefined, doubts }
}

/** With a signal of its own: it must go even when the command was stopped. */
async function isRemoved(
  destination: Destination,
  name: ReturnType<typeof parseObjectName>,
): Promise<boolean> {
  const { signal } = new AbortController()
  try {
    await destination.remove(name, signal)
    await destination.flush(signal)
    return true
  } catch {
    return false
  }
}

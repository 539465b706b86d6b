import { createHash } from 'node:crypto'
import type { Destination, ObjectName } from '../ports/destination.ts'

export interface ObjectDigest {
  readonly name: ObjectName
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Size and SHA-256 of an object as it lies at the destination, read there to its end. */
export async function digestObject(
  destination: Destination,
  name: ObjectName,
  signal: AbortSignal,
): Promise<ObjectDigest> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of destination.get(name, undefined, signal)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { name, bytes, sha256: hash.digest('hex') }
}

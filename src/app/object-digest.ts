import { createHash } from 'node:crypto'
import { RedomaError } from '../core/errors.ts'
import type { Destination, ObjectName } from '../ports/destination.ts'

export interface ObjectDigest {
  readonly name: ObjectName
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/**
 * Size and SHA-256 of an object as it lies at the destination, read there to its end.
 *
 * @throws RedomaError `DATA_DAMAGED` as soon as it is longer than `limitBytes`: a sparse file of exabytes costs nothing to
 * make, and years to read
 */
export async function digestObject(
  destination: Destination,
  name: ObjectName,
  signal: AbortSignal,
  limitBytes = Number.POSITIVE_INFINITY,
): Promise<ObjectDigest> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of destination.get(name, undefined, signal)) {
    hash.update(chunk)
    bytes += chunk.length
    if (bytes > limitBytes) {
      throw new RedomaError('DATA_DAMAGED', `${name} is longer than the ${limitBytes} bytes that it had`)
    }
  }
  return { name, bytes, sha256: hash.digest('hex') }
}

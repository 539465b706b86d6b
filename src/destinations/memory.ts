import { RedomaError } from '../core/errors.ts'
import type { ByteRange, Destination, ObjectInfo, ObjectName } from '../ports/destination.ts'

/** A destination in memory: for tests, and as the plainest reading of the port's promises. */
export function memoryDestination(objects = new Map<ObjectName, Uint8Array>()): Destination {
  return {
    async put(name, body, signal) {
      signal.throwIfAborted()
      const bytes = new Uint8Array(Buffer.concat(await Array.fromAsync(body.open())))
      signal.throwIfAborted()
      if (body.size !== undefined && body.size !== bytes.length) {
        throw new RedomaError(
          'DATA_DAMAGED',
          `the body of ${name} had ${bytes.length} bytes, expected ${body.size}`,
        )
      }
      objects.set(name, bytes)
    },
    get: (name, range) => read(objects, name, range),
    list: (prefix) => list(objects, prefix),
    async remove(name) {
      objects.delete(name)
    },
    async flush() {
      // Memory is as durable as it will ever be.
    },
  }
}

async function* read(
  objects: ReadonlyMap<ObjectName, Uint8Array>,
  name: ObjectName,
  range: ByteRange | undefined,
): AsyncIterable<Uint8Array> {
  const bytes = objects.get(name)
  if (bytes === undefined) throw new RedomaError('OBJECT_NOT_FOUND', `there is no ${name}`)
  const { offset, length } = range ?? { offset: 0, length: bytes.length }
  if (offset + length > bytes.length) {
    throw new RedomaError('DATA_DAMAGED', `${name} has ${bytes.length} bytes, expected ${offset + length}`)
  }
  yield bytes.slice(offset, offset + length)
}

async function* list(
  objects: ReadonlyMap<ObjectName, Uint8Array>,
  prefix: string,
): AsyncIterable<ObjectInfo> {
  for (const [name, bytes] of objects) if (name.startsWith(prefix)) yield { name, size: bytes.length }
}

import { RedomaError } from '../../core/errors.ts'
import { type ObjectInfo, parseObjectName } from '../../ports/destination.ts'

/** A part of a listing as it comes from a child process: `SIZE TIME NAME`, a line each. */
export function encodeEntries(entries: readonly ObjectInfo[]): Uint8Array {
  return Buffer.from(
    entries.map(({ name, size, putAtMs }) => `${size} ${Math.floor(putAtMs ?? 0)} ${name}`).join('\n'),
  )
}

/** @throws RedomaError `DATA_DAMAGED`, `PATH_UNSAFE` */
export function decodeEntries(bytes: Uint8Array): ObjectInfo[] {
  return Buffer.from(bytes)
    .toString('latin1')
    .split('\n')
    .map((line) => {
      const [, size = '', time = '', name = ''] = /^(\d{1,16}) (-?\d{1,16}) (.+)$/.exec(line) ?? []
      if (!Number.isSafeInteger(Number.parseInt(size, 10)))
        throw new RedomaError('DATA_DAMAGED', 'what a child process lists cannot be understood')
      return { name: parseObjectName(name), size: Number.parseInt(size, 10), putAtMs: Number(time) }
    })
}

/** One file for a tar. */
export interface TarEntry {
  /** Without folders. */
  readonly name: string
  readonly size: number
  /** Permission bits. */
  readonly mode: number
  readonly modifiedSeconds: number
  /** Gives exactly `size` bytes. */
  open(): AsyncIterable<Uint8Array>
}

const blockBytes = 512
const ustarNameBytes = 100
const ustarSizeLimit = 8 ** 11

/**
 * A tar (POSIX.1-2001, pax) of plain files in the order given. Written here, since it must be pulled: a packer that is a
 * stream of its own would have to be fed at the same time, and stopped when its reader stops.
 */
export async function* writeTar(entries: readonly TarEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield* extendedHeader(entry)
    yield header(entry, '0')
    yield* entry.open()
    yield padding(entry.size)
  }
  yield Buffer.alloc(2 * blockBytes)
}

/** A pax header before the file's own, for what does not fit there. */
function* extendedHeader(entry: TarEntry): Generator<Uint8Array> {
  const isPlain = /^[\x20-\x7e]*$/.test(entry.name) && entry.name.length <= ustarNameBytes
  const records = [
    ...(isPlain ? [] : [paxRecord('path', entry.name)]),
    ...(entry.size < ustarSizeLimit ? [] : [paxRecord('size', String(entry.size))]),
  ]
  if (records.length === 0) return
  const content = Buffer.from(records.join(''))
  yield header({ ...entry, name: 'PaxHeader', size: content.length }, 'x')
  yield content
  yield padding(content.length)
}

/** `length key=value\n`, where the length counts its own digits too. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + 1
  while (String(length).length + rest !== length) length += 1
  return `${length} ${key}=${value}\n`
}

function header(entry: Omit<TarEntry, 'open'>, type: '0' | 'x'): Uint8Array {
  const block = Buffer.alloc(blockBytes)
  block.set(Buffer.from(entry.name).subarray(0, ustarNameBytes), 0)
  block.write(octal(entry.mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(entry.size < ustarSizeLimit ? entry.size : 0, 11), 124)
  block.write(octal(Math.min(Math.max(0, entry.modifiedSeconds), ustarSizeLimit - 1), 11), 136)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function padding(size: number): Uint8Array {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes)
}

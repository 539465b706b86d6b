declare const rawPath: unique symbol
/**
 * A path or name as the kernel has it, one character a byte: names need not be UTF-8, and such strings are small, sort as
 * the bytes do, and cross threads fast, which `Uint8Array`s do not.
 */
export type RawPath = string & { readonly [rawPath]: never }

export function rawPathOf(text: string): RawPath {
  return (isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as RawPath
}

export function rawPathFrom(bytes: Uint8Array): RawPath {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') as RawPath
}

export function bytesOfRaw(path: RawPath): Uint8Array {
  return Buffer.from(path, 'latin1')
}

/** What Node's file functions take: text where it means the same, as that is faster. */
export function pathArgument(path: RawPath): string | Buffer {
  return isAscii(path) ? path : Buffer.from(path, 'latin1')
}

/** For people: what is not UTF-8 is shown as U+FFFD. */
export function shownPath(path: RawPath): string {
  return isAscii(path) ? path : Buffer.from(path, 'latin1').toString('utf8')
}

export function joinRaw(folder: RawPath, name: RawPath): RawPath {
  return (folder.endsWith('/') ? folder + name : `${folder}/${name}`) as RawPath
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}

import { isUtf8 } from 'node:buffer'

declare const rawName: unique symbol
/**
 * A file name or path as the kernel has it, one character a byte: names that are not UTF-8 survive, and `/` and suffixes
 * are found as in any text. For people there is `readableName`.
 */
export type RawName = string & { readonly [rawName]: never }

export function rawNameOf(bytes: Uint8Array): RawName {
  return Buffer.from(bytes).toString('latin1') as RawName
}

export function bytesOfName(name: RawName): Buffer {
  return Buffer.from(name, 'latin1')
}

export function joinRaw(parent: RawName, name: RawName): RawName {
  return (parent === '' ? name : `${parent}/${name}`) as RawName
}

/** The last part of a path. */
export function baseName(path: RawName): RawName {
  return path.slice(path.lastIndexOf('/') + 1) as RawName
}

/** UTF-8 where it is that; other bytes, and control characters that could play tricks on a terminal, as `%XX`. */
export function readableName(name: RawName): string {
  const bytes = bytesOfName(name)
  const text = isUtf8(bytes)
    ? bytes.toString('utf8')
    : name.replace(/[\x80-\xff%]/g, (char) => percent(char.charCodeAt(0)))
  return text.replace(/\p{Cc}/gu, (char) => percent(char.charCodeAt(0)))
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

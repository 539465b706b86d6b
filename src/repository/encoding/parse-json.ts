import { RedomaError } from '../../core/errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * JSON as it was written: integers that a JavaScript number cannot hold come as `bigint`s (inodes of btrfs, ZFS and CIFS
 * use all 64 bits).
 *
 * @throws RedomaError `DATA_DAMAGED`
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    const text = utf8.decode(bytes)
    // The reviver is called for every value and costs several times the parsing itself.
    return /[:,[]\s*-?\d{16}/.test(text) ? JSON.parse(text, keepLargeIntegers) : JSON.parse(text)
  } catch {
    // No cause: V8's message quotes the text, which in a key file is the key.
    throw new RedomaError('DATA_DAMAGED', 'not valid JSON')
  }
}

function keepLargeIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d{1,20}$/.test(source) ? BigInt(source) : value
}

import { open } from 'node:fs/promises'
import { messageOf, RedomaError } from '../../core/errors.ts'
import type { ImportFormat } from '../../ports/credential-reader.ts'

const looked = 64 * 1024
/** "KeePass" in the first eight bytes of every KDBX file (KeePass documentation, "KDBX 4"). */
const kdbxSignature = '03d9a29a67fb4bb5'

/**
 * What a file of credentials is, by how it begins.
 *
 * @throws RedomaError `USAGE` when it cannot be read
 */
export async function guessFormat(path: string): Promise<ImportFormat['kind']> {
  const begin = await beginOf(path)
  if (begin.subarray(0, 8).toString('hex') === kdbxSignature) return 'keepass'
  const text = begin
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart()
  if (!text.startsWith('{') && !text.startsWith('[')) return 'csv'
  return /"(?:encrypted|folders|collections|items)"\s*:/.test(text) && !text.includes('redoma-credentials')
    ? 'bitwarden'
    : 'redoma-json'
}

async function beginOf(path: string): Promise<Buffer> {
  try {
    await using file = await open(path)
    const buffer = Buffer.alloc(looked)
    const { bytesRead } = await file.read(buffer, 0, looked, 0)
    return buffer.subarray(0, bytesRead)
  } catch (error) {
    throw new RedomaError('USAGE', `cannot read ${path}`, { cause: new Error(messageOf(error)) })
  }
}

import { generateKeyPairSync, randomUUID, type X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { selfSignedCertificate } from '../../crypto/self-signed.ts'
import { certificateIn, isFor, type KeyPair, privateKeyIn, readPrivate } from './key-pair.ts'

const dayMs = 86_400_000
/** What browsers take at most of a certificate that is not older than they are: 398 days. */
const lastsDays = 397
/** A day before people would be told. */
const renewedDays = 31
/** Clocks of clients go wrong. */
const earlierMs = 60 * 60_000

/** In the instance's folder. */
export function ownKeyPairFiles(home: string): { readonly certificate: string; readonly key: string } {
  return { certificate: join(home, 'tls', 'certificate.pem'), key: join(home, 'tls', 'key.pem') }
}

/**
 * The certificate by which the instance vouches for itself. Made where there is none, and made anew, for the same key, a month before it ends, when it
 * is to be for other names, or when it does not hold yet: the clock was wrong. So who has pinned the key need not do so again.
 *
 * @throws RedomaError `FILE_FAILED`, `KEY_WRONG`, `FORMAT_UNKNOWN`
 */
export async function ownKeyPair(home: string, names: readonly string[], now: Date): Promise<KeyPair> {
  const files = ownKeyPairFiles(home)
  await mkdir(join(home, 'tls'), { mode: 0o700 }).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw failed(files.key, error)
  })
  const key = await ownKey(files.key)
  const privateKey = privateKeyIn(key, files.key)
  const found = await readFile(files.certificate, 'utf8').catch(() => undefined)
  const known = found === undefined ? undefined : readable(found, files.certificate)
  if (found !== undefined && known?.checkPrivateKey(privateKey) === true && holds(known, names, now))
    return { certificate: found, key }
  const from = new Date(now.getTime() - earlierMs)
  const until = new Date(now.getTime() + lastsDays * dayMs)
  const certificate = selfSignedCertificate(privateKey, { names, from, until })
  await writeDurably(files.certificate, certificate)
  return { certificate, key }
}

async function ownKey(path: string): Promise<Secret> {
  try {
    return await readPrivate(path)
  } catch (error) {
    if (!(error instanceof RedomaError) || systemCode(error.cause) !== 'ENOENT') throw error
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await writeDurably(path, text)
  return new Secret(text)
}

/** What somebody has spoiled is made anew. */
function readable(text: string, path: string): X509Certificate | undefined {
  try {
    return certificateIn(text, path)
  } catch {
    return undefined
  }
}

function holds(known: X509Certificate, names: readonly string[], now: Date): boolean {
  const left = known.validToDate.getTime() - now.getTime()
  const isForAll = names.every((name) => isFor(known, name))
  const count = known.subjectAltName?.split(', ').length
  return left > renewedDays * dayMs && known.validFromDate <= now && isForAll && count === names.length
}

/** Beside its place, and only then there. */
async function writeDurably(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.new`
  try {
    await using file = await open(temporary, 'wx', 0o600)
    await file.writeFile(text)
    await file.sync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw failed(path, error)
  }
}

function failed(path: string, error: unknown): RedomaError {
  return new RedomaError('FILE_FAILED', `${path} cannot be written: ${messageOf(error)}`, { cause: error })
}

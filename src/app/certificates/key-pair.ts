import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'

/** A private key, and the certificate (PEM) that names it, with those of the authorities between it and one that clients trust. */
export interface KeyPair {
  readonly certificate: string
  readonly key: Secret
}

export interface KeyPairFiles {
  readonly certificate: string
  readonly key: string
}

/**
 * Reads both, and looks whether they belong together.
 *
 * @throws RedomaError `FILE_FAILED` for what cannot be read, `FORMAT_UNKNOWN` for what is none, `KEY_WRONG` for a key that is another's, that a passphrase protects, or that anybody can read
 */
export async function readKeyPair(files: KeyPairFiles): Promise<KeyPair> {
  const certificate = await readFile(files.certificate, 'utf8').catch((error: unknown) => {
    throw unreadable(files.certificate, error)
  })
  const pair = { certificate, key: await readPrivate(files.key) }
  const first = certificateIn(pair.certificate, files.certificate)
  if (!first.checkPrivateKey(privateKeyIn(pair.key, files.key)))
    throw new RedomaError('KEY_WRONG', `${files.key} is not the key of ${files.certificate}`)
  return pair
}

/** The first one, which is the server's. @throws RedomaError `FORMAT_UNKNOWN` */
export function certificateIn(text: string, path: string): X509Certificate {
  try {
    return new X509Certificate(text)
  } catch (error) {
    throw new RedomaError('FORMAT_UNKNOWN', `${path} holds no certificate in PEM`, { cause: error })
  }
}

/** Whether a certificate is for this name, or this address. */
export function isFor(certificate: X509Certificate, host: string): boolean {
  try {
    return (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined
  } catch {
    // What is no name of a host is an error of the call.
    return false
  }
}

/** @throws RedomaError `FORMAT_UNKNOWN`, `KEY_WRONG` */
export function privateKeyIn(text: Secret, path: string): KeyObject {
  try {
    return createPrivateKey(text.reveal())
  } catch (error) {
    if (/^(-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED)/m.test(text.reveal()))
      throw new RedomaError('KEY_WRONG', `a passphrase protects ${path}`)
    throw new RedomaError('FORMAT_UNKNOWN', `${path} holds no private key in PEM`, { cause: error })
  }
}

/** A group may read it (`ssl-cert` of Debian), and nobody else. @throws RedomaError `FILE_FAILED`, `KEY_WRONG` */
export async function readPrivate(path: string): Promise<Secret> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw unreadable(path, error)
  })
  try {
    if (((await file.stat()).mode & 0o007) !== 0)
      throw new RedomaError('KEY_WRONG', `anybody on this machine can read or write ${path}`, {
        hint: `Run: chmod o= ${path}`,
      })
    return new Secret(await file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

function unreadable(path: string, error: unknown): RedomaError {
  const why = systemCode(error) ?? messageOf(error)
  return new RedomaError('FILE_FAILED', `${path} cannot be read (${why})`, { cause: error })
}

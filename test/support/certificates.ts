import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificate } from './proxy.ts'
import { temporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)

export interface Authority {
  readonly ca: string
  /** For 127.0.0.1. */
  readonly server: Certificate
  readonly client: Certificate
}

/** A private authority, and certificates of it. */
export async function privateAuthority(): Promise<Authority> {
  await using folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  const made = (name: string): string[] => ['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)]
  const fresh = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ]
  await run('openssl', [...fresh, ...made('ca'), '-subj', '/CN=Authority of a test'])
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE']
  const signedBy = ['-CA', at('ca.pem'), '-CAkey', at('ca.key')]
  const issued = async (name: string): Promise<Certificate> => {
    await run('openssl', [...fresh, ...made(name), '-subj', `/CN=${name}`, ...names, ...signedBy])
    return { key: await readFile(at(`${name}.key`), 'utf8'), cert: await readFile(at(`${name}.pem`), 'utf8') }
  }
  const [server, client] = [await issued('server'), await issued('client')]
  return { ca: await readFile(at('ca.pem'), 'utf8'), server, client }
}

import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Certificate } from './proxy.ts'
import { temporaryFolder } from './temporary-folder.ts'

const run = promisify(execFile)

/** A private authority, and a certificate of it for 127.0.0.1. */
export async function privateAuthority(): Promise<{ readonly ca: string; readonly server: Certificate }> {
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
  await run('openssl', [...fresh, ...made('server'), '-subj', '/CN=store', ...names, ...signedBy])
  const [ca, key, cert] = await Promise.all(
    ['ca.pem', 'server.key', 'server.pem'].map((name) => readFile(at(name), 'utf8')),
  )
  if (ca === undefined || key === undefined || cert === undefined) throw new Error('no certificate was made')
  return { ca, server: { key, cert } }
}

import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Secret } from '../../src/core/secret.ts'
import { readIdentities } from '../../src/crypto/age/identity-file.ts'
import type { Bench } from '../peers/measure.ts'
import { makeVault } from './make-vault.ts'

/** An instance with a destination, a recovery key and a vault, made by the program itself. */
export interface GlassWorld {
  readonly home: string
  readonly recipient: string
  /** Of the identity without its wrapping, so that scrypt is not measured. */
  readonly identityFile: string
  /** Removes the bundles that were made. */
  clear(): void
  newestBundle(): string
}

export const launcher = join(import.meta.dirname, '../../bin/redoma')

export async function makeGlassWorld(bench: Bench, credentials: number): Promise<GlassWorld> {
  const at = (name: string): string => join(bench.path, name)
  const [home, copies, vault, keys] = [at('home'), at('copies'), at('vault.json'), at('keys')]
  const redoma = (...words: readonly string[]): string =>
    execFileSync(launcher, words, {
      encoding: 'utf8',
      env: { ...process.env, REDOMA_HOME: home },
      stdio: 'pipe',
    })
  mkdirSync(copies)
  const password = randomBytes(30).toString('base64')
  writeFileSync(at('master'), password)
  redoma('init', '--name', 'bench')
  redoma('destination', 'add', 'shelf', '--local', copies)
  redoma('glass', 'ceremony', '--out', keys, '--password-file', at('master'))
  await makeVault(vault, credentials)
  redoma('credential', 'import', vault)
  rmSync(vault)
  const wrapped = await readFile(join(keys, 'identity.password.age'))
  const [identity] = await readIdentities(wrapped, async () => new Secret(password))
  writeFileSync(at('identity'), `${identity?.reveal() ?? ''}\n`, { mode: 0o600 })
  const secrets = join(copies, 'secrets')
  const bundles = (): string[] => readdirSync(secrets).filter((name) => name.startsWith('bench-'))
  return {
    home,
    recipient: (await readFile(join(keys, 'recipient.txt'), 'utf8')).trim(),
    identityFile: at('identity'),
    clear: () => {
      for (const name of bundles()) rmSync(join(secrets, name))
    },
    newestBundle: () => join(secrets, bundles().sort().at(-1) ?? ''),
  }
}

import { execFileSync } from 'node:child_process'
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { generationInLedger } from '../../src/app/generation-in-ledger.ts'
import { makeOpenGlass, type OpenGlass } from '../../src/app/open-glass.ts'
import { fingerprintOf, readableFingerprint } from '../../src/bundle/ceremony/wrap-identity.ts'
import { stateOf } from '../../src/cli/glass/show-found.ts'
import { askIdentities } from '../../src/cli/identities/ask-identities.ts'
import { makeTerminal, type Terminal } from '../../src/cli/terminal.ts'
import { loadPrimitives } from '../../src/crypto/native.ts'
import { publicKeyLine, sshFingerprint } from '../../src/crypto/ssh-signature.ts'
import { handTurnedClock } from '../support/clock.ts'
import { type BundleFiles, writeBundleFiles } from '../support/opener/bundle-files.ts'
import { sampleRecords } from '../support/opener/sample-records.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const signal = new AbortController().signal
const mebibyte = 1024 * 1024

/** A copy as it lies at a destination, and what a program says that opens the bundle in it. */
async function aCopy() {
  const folder = await temporaryFolder()
  const secrets = join(folder.path, 'secrets')
  await mkdir(secrets)
  const files = await writeBundleFiles(secrets, sampleRecords().slice(0, 2))
  const ledger = join(folder.path, 'ledger.jsonl')
  await rename(files.ledger, ledger)
  return { secrets, files, ledger, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

function aTerminal(password: string): { readonly terminal: Terminal; readonly said: () => string } {
  const notes: string[] = []
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      notes.push(chunk.toString())
      done()
    },
  })
  const stdin = Readable.from([Buffer.from(password)])
  const terminal = makeTerminal({ stdin, stdout: new PassThrough(), stderr, colours: false })
  return { terminal, said: () => notes.join('') }
}

async function open({ bundle, password }: BundleFiles): Promise<OpenGlass & { readonly said: string }> {
  const { terminal, said } = aTerminal(password)
  const identities = (opens: Parameters<typeof askIdentities>[2]['opens']) =>
    askIdentities({ terminal, signal }, { passwordFile: '-' }, { path: bundle, ...(opens && { opens }) })
  const openGlass = makeOpenGlass({ primitives: loadPrimitives(), clock: handTurnedClock() })
  const glass = await openGlass({ bundlePath: bundle, identities }, signal)
  terminal.note(...stateOf(terminal, glass))
  return Object.assign(glass, { said: said() })
}

describe('a copy that somebody has made up, or altered', () => {
  test('opens with the fingerprints to compare, and without a tick', async () => {
    await using copy = await aCopy()
    const { pair, signingKey } = copy.files

    await using glass = await open(copy.files)

    const fingerprint = fingerprintOf(pair.recipient)
    expect(glass.keyFingerprint).toBe(fingerprint)
    expect(glass.said).toContain(readableFingerprint(fingerprint))
    expect(glass.said).toContain(sshFingerprint(publicKeyLine(signingKey, '')))
    expect(glass.said).not.toContain('✓')
    expect(glass.said).not.toContain('No password')
  })

  test('is not taken for anybody’s when its identity has no password', async () => {
    await using copy = await aCopy()
    await writeFile(copy.files.identity, `${copy.files.pair.identity.reveal()}\n`)

    await using glass = await open(copy.files)

    expect(glass.said).toContain('No password and no card was needed: identity.password.age is not protected')
  })

  test('opens past a ledger that is no file, or longer than any', async () => {
    await using copy = await aCopy()
    await rm(copy.ledger)
    execFileSync('mkfifo', [copy.ledger])
    expect(await generationInLedger(copy.files.bundle)).toBeUndefined()
    await using piped = await open(copy.files)
    await rm(copy.ledger)
    await writeFile(copy.ledger, '')
    await truncate(copy.ledger, 700 * mebibyte)
    expect(await generationInLedger(copy.files.bundle)).toBeUndefined()
    await using long = await open(copy.files)

    expect(piped.said).toContain('is no regular file')
    expect(long.said).toContain('is longer than')
    expect(long.ledger?.bundle).toBe('not-read')
  })

  test('opens past identity files that are no files, or longer than any, or very many', async () => {
    await using copy = await aCopy()
    const other = (number: number): string => join(copy.secrets, `identity.generation-${number}.password.age`)
    await writeFile(other(900), '')
    await truncate(other(900), 900 * mebibyte)
    execFileSync('mkfifo', [other(901)])
    for (let number = 1; number <= 70; number++) await writeFile(other(number), 'AGE-SECRET-KEY-none')

    await using glass = await open(copy.files)

    expect(glass.keyFingerprint).toBe(fingerprintOf(copy.files.pair.recipient))
    expect(glass.said).toContain('73 identity files are there; 64 of them are tried')
    expect(glass.said).toContain('longer than 262144 bytes')
  })
})

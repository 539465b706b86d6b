import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { appendFile, copyFile, cp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Ended, type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const password = 'seldom-Quartz 71 anvil_harbour'

interface Report {
  readonly destination: string
  readonly objects: number
  readonly opened: number
  readonly signer?: string
  readonly problems: readonly { readonly kind: string; readonly object: string; readonly message: string }[]
  readonly remarks: readonly string[]
  readonly unchecked: readonly string[]
}

/** Three bundles at a destination; each test meddles with what lies there, and everything is put back after it. */
describe('glass verify', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  let bundles: string[]
  let heads: { readonly sequence: number; readonly sha256: string; readonly short: string }[]
  const at = (...names: string[]): string => join(folder.path, ...names)
  const withKey = ['--identity', '', '--password-file', '']
  const verify = (...words: string[]): Promise<Ended> => redoma.run(['glass', 'verify', ...words])
  const elsewhere = (...words: string[]): Promise<Ended> =>
    redomaAt(at('nowhere')).run(['glass', 'verify', '--folder', at('nas'), ...words])
  const reportOf = ({ stdout }: Ended): Report => {
    const [report] = JSON.parse(stdout) as Report[]
    if (report === undefined) throw new Error('one report')
    return report
  }
  const findings = (ended: Ended): string[] =>
    reportOf(ended).problems.map(({ kind, object }) => `${kind} ${object}`)
  const bundle = (number: number): string => bundles[number - 1] ?? ''

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    await writeFile(at('secret'), 'hunter2')
    await writeFile(at('password'), password)
    await redoma.run(['init', '--name', 'vault-1'])
    await redoma.run(['credential', 'add', 'router', '--secret-file', at('secret')])
    await redoma.run(['destination', 'add', 'nas', '--local', at('nas')])
    await redoma.run(['glass', 'ceremony', '--password-file', at('password'), '--out', at('keys')])
    heads = []
    for (let count = 0; count < 3; count++) {
      await redoma.run(['backup', 'create', '--only', 'secrets'])
      const { stdout } = await redoma.run(['glass', 'head', '--json'])
      heads.push(...(JSON.parse(stdout) as typeof heads))
      await copyFile(at('nas/ledger.jsonl'), at(`ledger-${count + 1}`))
    }
    bundles = readdirSync(at('nas/secrets'))
      .filter((name) => name.startsWith('vault-1-'))
      .sort()
    withKey[1] = at('keys/identity.password.age')
    withKey[3] = at('password')
    await cp(at('nas'), at('untouched'), { recursive: true })
  })
  afterAll(() => folder[Symbol.asyncDispose]())
  beforeEach(async () => {
    await rm(at('nas'), { recursive: true })
    await cp(at('untouched'), at('nas'), { recursive: true })
  })

  test('finds nothing where nothing was touched: with and without the key, with and without the instance', async () => {
    const all: [Ended, Ended, Ended, Ended] = [
      await verify('--json'),
      await verify('nas', ...withKey, '--json'),
      await elsewhere('--json'),
      await elsewhere(...withKey, '--json'),
    ]

    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0])
    expect(all.map(reportOf).map(({ opened }) => opened)).toEqual([0, 3, 0, 3])
    expect(reportOf(all[0]).unchecked).toEqual([expect.stringContaining('what is in the bundles')])
    expect(reportOf(all[2]).unchecked.join('\n')).toMatch(/who signed.*\n.*set back.*\n.*what is in/)
    expect(reportOf(all[3]).unchecked).toEqual([expect.stringContaining('set back')])
  })

  test('names the key that signed, as ssh-keygen shows it, and takes it from a file, too', async () => {
    const opened = ['glass', 'open', at('nas/secrets', bundle(1)), ...withKey, '--to', at('opened')]
    expect(await redomaAt(at('nowhere')).run(opened)).toMatchObject({ code: 0 })
    const signers = at('opened/system/allowed_signers')
    const key = (await readFile(signers, 'utf8')).split(' ').slice(2).join(' ')
    await writeFile(at('key.pub'), key)

    const { signer } = reportOf(await elsewhere('--signers', signers, '--json'))

    expect(execFileSync('ssh-keygen', ['-l', '-f', at('key.pub')], { encoding: 'utf8' })).toContain(signer)
    expect(signer).toMatch(/^SHA256:/)
  })

  test.each([
    ['the instance', (...words: string[]) => verify(...words)],
    ['nothing but the folder', (...words: string[]) => elsewhere(...words)],
  ])('names what is missing, cut off, altered, replaced and planted, by %s', async (_, look) => {
    await rm(at('nas/secrets', bundle(1)))
    await truncate(at('nas/secrets', bundle(2)), 1000)
    await copyFile(at('untouched/secrets', bundle(2)), at('nas/secrets', bundle(3)))
    await writeFile(at('nas/secrets/vault-1-20300101T000000Z-9.age'), 'planted')
    await appendFile(at('nas/secrets/README.txt'), 'call this number')

    const found = await look('--json')

    expect(found.code).toBe(6)
    expect(findings(found).sort()).toEqual(
      [
        `altered secrets/${bundle(2)}`,
        `altered secrets/${bundle(3)}`,
        'altered secrets/README.txt',
        `missing secrets/${bundle(1)}`,
        'unlisted secrets/vault-1-20300101T000000Z-9.age',
      ].sort(),
    )
  })

  test('names a ledger that was set back, by memory, or by the head that a witness kept', async () => {
    await copyFile(at('ledger-2'), at('nas/ledger.jsonl'))
    await rm(at('nas/secrets', bundle(3)))
    await writeFile(at('witness'), JSON.stringify(heads[2]))
    const kept = heads[2]?.short ?? ''

    expect(findings(await verify('--json'))).toContain('ledger ledger.jsonl')
    expect(await elsewhere('--json')).toMatchObject({ code: 0 })
    for (const head of [kept, heads[2]?.sha256 ?? '', at('witness')]) {
      const found = await elsewhere('--head', head, '--json')
      expect(found.code).toBe(6)
      expect(findings(found)).toEqual(['ledger ledger.jsonl'])
    }
    for (const { short } of heads.slice(0, 2)) expect((await elsewhere('--head', short)).code).toBe(0)
  })

  test('names a ledger that was forged: written anew without the key, or by another instance', async () => {
    const ledger = await readFile(at('nas/ledger.jsonl'), 'utf8')
    await writeFile(at('nas/ledger.jsonl'), ledger.replace(/"bytes":\d+/, '"bytes":7'))
    expect(findings(await elsewhere('--json'))).toContain('ledger ledger.jsonl')

    const other = redomaAt(at('other'))
    await other.run(['init', '--name', 'vault-1'])
    await other.run(['credential', 'add', 'router', '--secret-file', at('secret')])
    await other.run(['destination', 'add', 'nas', '--local', at('forged')])
    await other.run(['glass', 'ceremony', '--password-file', at('password'), '--out', at('other-keys')])
    await other.run(['backup', 'create', '--only', 'secrets'])
    const forged = ['glass', 'verify', '--folder', at('forged'), ...withKey, '--json']
    const signers = at('opened/system/allowed_signers')

    const found = await redomaAt(at('nowhere')).run([...forged, '--signers', signers])

    expect(found.code).toBe(6)
    expect(findings(found)).toContain('ledger ledger.jsonl')
    expect(reportOf(found).unchecked.join('\n')).toContain('sealed to another recovery key')
  })

  test('names a bundle that was forged with everything but the history', async () => {
    // Whoever holds a copy of the instance can sign and seal; he cannot make the bundles after it follow his.
    await cp(at('home'), at('stolen'), { recursive: true })
    const thief = redomaAt(at('stolen'))
    await thief.run(['credential', 'add', 'planted', '--no-secret'])
    await thief.run(['backup', 'create', '--only', 'secrets'])
    const lines = (await readFile(at('nas/ledger.jsonl'), 'utf8')).trim().split('\n')
    expect(lines.length).toBeGreaterThan(6)

    const found = await verify(...withKey, '--json')

    // A rebuilt instance finds the same: it is not damage, and is to be seen.
    expect(found.code).toBe(3)
    expect(findings(found)).toEqual([])
    const said = reportOf(found).remarks.join('\n')
    expect(said).toMatch(/somebody else has its key.*secrets\/vault-1-[^ ]*-4\.age/)
  })

  test('refuses a head that is none, signers without a folder, and a key that opens nothing says so', async () => {
    expect(await verify('--head', 'abc')).toMatchObject({ code: 2 })
    expect(await verify('--signers', at('password'))).toMatchObject({ code: 2 })
    await writeFile(at('wrong'), 'not the password at all')
    const wrong = await verify('--identity', at('keys/identity.password.age'), '--password-file', at('wrong'))
    expect(wrong).toMatchObject({ code: 5 })
  })
})

import { readdirSync, statSync } from 'node:fs'
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const passwords = ['seldom-Quartz 71 anvil_harbour', 'crimson Ladder 40 osprey-tin']

/** Two generations and a bundle of each; then the instance is gone. */
describe('a bundle is opened', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let elsewhere: Redoma
  let bundles: string[]
  const at = (...names: string[]): string => join(folder.path, ...names)
  const open = (bundle: number, password: number, ...words: string[]) =>
    elsewhere.run(
      ['glass', 'open', at('nas/secrets', bundles[bundle] ?? ''), '--password-file', '-', ...words],
      passwords[password],
    )

  beforeAll(async () => {
    folder = await temporaryFolder()
    const redoma = redomaAt(at('home'))
    await writeFile(at('secret'), '=2+3, "quoted"')
    await writeFile(at('totp'), 'JBSWY3DPEHPK3PXP')
    await writeFile(at('licence.pdf'), 'a licence')
    const filed = ['--folder', 'network', '--totp-file', at('totp'), '--attach', at('licence.pdf')]
    await redoma.run(['init', '--name', 'vault-1'])
    await redoma.run([
      'credential',
      'add',
      'router',
      '--secret-file',
      at('secret'),
      '--user',
      'root',
      ...filed,
    ])
    await redoma.run(['credential', 'add', 'printer', '--no-secret'])
    await redoma.run(['destination', 'add', 'nas', '--local', at('nas')])
    for (const password of passwords) {
      await writeFile(at('password'), password)
      const out = ['--out', at(`ceremony-${password.length}`)]
      await redoma.run(['glass', 'ceremony', '--password-file', at('password'), ...out, '--yes'])
      await redoma.run(['backup', 'create', '--only', 'secrets'])
    }
    elsewhere = redomaAt(at('nowhere'))
    bundles = readdirSync(at('nas/secrets'))
      .filter((name) => name.startsWith('vault-1-'))
      .sort()
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('each with the identity file of its generation, which nobody has to name', async () => {
    const [first, second] = [await open(0, 0, '--json'), await open(1, 1, '--json')]

    expect(bundles).toHaveLength(2)
    expect(JSON.parse(first.stdout)).toMatchObject({ manifest: { generation: { number: 1 } } })
    expect(JSON.parse(second.stdout)).toMatchObject({ manifest: { generation: { number: 2 } } })
  })

  test('and said to be the newest, or older than another, also when somebody renamed it', async () => {
    const [first = '', second = ''] = bundles.map((name) => at('nas/secrets', name))
    await cp(at('nas'), at('renamed'), { recursive: true })
    const renamed = at('renamed/secrets/other.age')
    await copyFile(second, renamed)
    const say = async (path: string, password: number) =>
      (await elsewhere.run(['glass', 'open', path, '--password-file', '-'], passwords[password])).stderr

    expect(await say(second, 1)).toContain(
      'As far as the ledger in this copy goes, it is unaltered, and the newest',
    )
    expect(await say(renamed, 1)).toContain('unaltered, and the newest')
    expect(await say(first, 0)).toContain(`a newer one: ${bundles[1] ?? ''}`)
  })

  test('also where no ledger says which that is', async () => {
    await mkdir(at('stick'))
    for (const name of readdirSync(at('nas/secrets'))) {
      await copyFile(at('nas/secrets', name), at('stick', name))
    }
    const words = ['glass', 'open', at('stick', bundles[0] ?? ''), '--password-file', '-', '--json']

    expect((await elsewhere.run(words, passwords[0])).code).toBe(0)
  })

  test('the right password of another generation is told from a wrong one', async () => {
    const other = await open(0, 1)

    expect(other).toMatchObject({ code: 5 })
    expect(other.stderr).toContain(
      'this password opens identity.password.age, which is not what this was sealed to',
    )
    const mistyped = await elsewhere.run(
      ['glass', 'open', at('nas/secrets', bundles[0] ?? ''), '--password-file', '-'],
      'no such password',
    )
    expect(mistyped).toMatchObject({ code: 5 })
    expect(mistyped.stderr).toContain(
      'opens none of identity.generation-1.password.age, identity.password.age',
    )
  })

  test('and shows the TOTP code of the moment, and secrets when asked', async () => {
    const { stdout } = await open(1, 1, '--search', 'router', '--totp')
    const revealed = await open(1, 1, '--search', 'router', '--reveal')

    expect(stdout).toMatch(/TOTP code +\d{6} \(for \d+ s\)/)
    expect(stdout).not.toContain('quoted')
    expect(revealed.stdout).toContain('=2+3, "quoted"')
  })

  test('and written for other programs, each file for its owner alone and never over another', async () => {
    const csv = await open(1, 1, '--export', 'csv', '--out', at('out.csv'))
    const bitwarden = await open(1, 1, '--search', 'router', '--export', 'bitwarden', '--out', at('out.json'))
    const again = await open(1, 1, '--export', 'csv', '--out', at('out.csv'))

    expect([csv.code, bitwarden.code, again.code]).toEqual([0, 0, 1])
    expect(again.stderr).toContain('is there already')
    expect(await readFile(at('out.csv'), 'utf8')).toContain('"=2+3, ""quoted"""')
    expect(statSync(at('out.csv')).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toMatchObject({ items: [{ name: 'router' }] })
  })

  test('and its attachments are written', async () => {
    const { code, stdout } = await open(1, 1, '--search', 'router', '--attachments', at('files'))

    expect(code).toBe(0)
    expect(await readFile(stdout.trim(), 'utf8')).toBe('a licence')
  })

  test('an export that lacks its file is refused before a password is asked for', async () => {
    const { code, stderr } = await open(1, 1, '--export', 'csv')

    expect(code).toBe(2)
    expect(stderr).toContain('--export needs --out')
  })
})

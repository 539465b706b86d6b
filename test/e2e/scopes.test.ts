import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { programMissing } from '../support/programs.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { typePassword } from '../support/type-password.ts'

const masterPassword = 'seldom-Quartz 71 anvil_harbour'
const credentials = [
  { id: 'r1', title: 'router', kind: 'password', secret: 'first hunter2', folder: 'network/core' },
  { id: 'r2', title: 'payroll', kind: 'password', secret: 'second hunter2', folder: 'finance', owner: 'Ana' },
  { id: 'r3', title: 'door', kind: 'password', secret: 'third hunter2' },
]

/** Steps of one story, in order: each builds on what the one before left. */
describe('scopes', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)
  const bundlesIn = async (...names: string[]): Promise<string[]> =>
    (await readdir(at(...names))).filter((name) => /Z-\d+\.age$/.test(name)).map((name) => at(...names, name))
  const open = (bundle: string, ...words: string[]) =>
    redoma.run(['glass', 'open', bundle, '--password-file', at('password'), ...words])

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    await writeFile(at('password'), `${masterPassword}\n`, { mode: 0o600 })
    await writeFile(at('vault.json'), JSON.stringify({ schema: 'redoma-credentials/1', credentials }))
    const words = [
      ['init', '--name', 'vault-1'],
      ['destination', 'add', 'nas', '--local', at('nas')],
      ['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')],
      ['credential', 'import', at('vault.json')],
    ]
    for (const command of words) expect(await redoma.run(command)).toMatchObject({ code: 0 })
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('a dry run tells which credentials one would take in, and changes nothing', async () => {
    const dry = await redoma.run(['glass', 'scope', 'add', 'network', '--folder', 'network', '--dry-run'])
    const list = await redoma.run(['glass', 'scope', 'list', '--json'])

    expect(dry.code).toBe(0)
    expect(dry.stdout).toMatch(/network\/core +router/)
    expect(dry.stdout).toMatch(/now +1 of 3 credentials/)
    expect(JSON.parse(list.stdout)).toEqual([])
  })

  test('a slip is told with what there is, and two exclusive ones cannot share', async () => {
    const slip = await redoma.run(['glass', 'scope', 'add', 'network', '--folder', 'netwrk'])
    const none = await redoma.run(['glass', 'scope', 'add', 'network'])
    const added = await redoma.run(['glass', 'scope', 'add', 'finance', '--owner', 'Ana', '--exclusive'])
    const both = await redoma.run(['glass', 'scope', 'add', 'money', '--folder', 'finance', '--exclusive'])

    expect(slip).toMatchObject({ code: 1, stderr: expect.stringContaining('"network/core"') as string })
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('--folder') as string })
    expect(added.code).toBe(0)
    expect(both).toMatchObject({ stderr: expect.stringContaining('the exclusive scope finance') as string })
    expect(both.code).not.toBe(0)
  })

  test('each has bundles of its own, which open with its own credentials and nothing that opens the rest', async () => {
    await redoma.run(['glass', 'scope', 'add', 'network', '--folder', 'network'])
    const run = await redoma.run(['backup', 'create', '--only', 'secrets'])

    expect(run).toMatchObject({ code: 0 })
    const [finance = ''] = await bundlesIn('nas', 'secrets', 'scopes', 'finance')
    const [whole = ''] = await bundlesIn('nas', 'secrets')
    const opened = await open(finance, '--to', at('finance'))
    expect(opened).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('number 1 of the scope finance of vault-1') as string,
    })
    expect(await readdir(at('finance', 'system'))).toEqual(['allowed_signers'])
    const secrets = await readFile(at('finance', 'secrets.json'), 'utf8')
    expect(secrets).toContain('second hunter2')
    expect(secrets).not.toMatch(/first|third/)
    const all = await open(whole, '--to', at('whole'))
    expect(all).toMatchObject({ code: 0 })
    const rest = await readFile(at('whole', 'secrets.json'), 'utf8')
    expect(rest).toMatch(/first hunter2[^]*third hunter2/)
    expect(rest).not.toContain('second hunter2')
  })

  test('every credential is covered, and the check of all knows their bundles', async () => {
    const coverage = await redoma.run(['glass', 'coverage', '--json'])
    const verify = await redoma.run([
      ...['glass', 'verify', 'nas', '--identity', at('ceremony', 'identity.password.age')],
      ...['--password-file', at('password')],
    ])

    expect(coverage.code).toBe(0)
    expect(JSON.parse(coverage.stdout)).toMatchObject({
      summary: { bundles: 3, states: { covered: 3 } },
      credentials: [{ id: 'r1' }, { id: 'r2', last: { scope: 'finance', sequence: 1 } }, { id: 'r3' }],
    })
    expect(verify).toMatchObject({ code: 0 })
  })

  test('coverage, verification and removal can be of one scope alone', async () => {
    await redoma.run(['backup', 'create', '--only', 'secrets'])
    const coverage = await redoma.run(['glass', 'coverage', '--scope', 'network', '--json'])
    const whole = await redoma.run(['glass', 'coverage', '--scope', 'whole'])
    const slip = await redoma.run(['glass', 'verify', '--scope', 'netwrk'])
    const verify = await redoma.run(['glass', 'verify', '--scope', 'finance', '--json'])
    const forget = ['glass', 'forget', '--keep-last', '1', '--scope', 'finance', '--json']
    const dry = await redoma.run([...forget, '--dry-run'])
    const before = await bundlesIn('nas', 'secrets')
    const gone = await redoma.run([...forget, '--yes'])

    expect(JSON.parse(coverage.stdout)).toMatchObject({
      summary: { scope: 'network', bundles: 2, states: { covered: 1, never: 0, removed: 0 } },
      credentials: [{ id: 'r1', state: 'covered', scopes: ['network'] }],
    })
    expect(whole).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('2 credentials, 2 bundles of the whole vault') as string,
    })
    expect(slip).toMatchObject({ code: 1, stderr: expect.stringContaining('no scope "netwrk"') as string })
    expect(JSON.parse(verify.stdout)).toMatchObject([{ problems: [], remarks: [], doubtful: [] }])
    const fates = (text: string): string[] =>
      (JSON.parse(text) as { bundles: { fate: string; scope: string; sequence: number }[] }[]).flatMap(
        ({ bundles }) => bundles.map(({ fate, scope, sequence }) => `${fate} ${scope} ${sequence}`),
      )
    expect(fates(dry.stdout)).toEqual(['stays finance 2', 'goes finance 1'])
    expect(gone).toMatchObject({ code: 0 })
    expect(await bundlesIn('nas', 'secrets', 'scopes', 'finance')).toHaveLength(1)
    expect(await bundlesIn('nas', 'secrets', 'scopes', 'network')).toHaveLength(2)
    expect(await bundlesIn('nas', 'secrets')).toEqual(before)
  })

  test.skipIf(programMissing('age') || programMissing('python3'))(
    'the key of one unit opens its own bundles and not those of another: the stock age says so',
    async () => {
      await writeFile(at('type.py'), typePassword)
      for (const name of ['finance', 'network']) {
        await writeFile(at(`${name}.password`), `${masterPassword} of ${name}\n`, { mode: 0o600 })
        const own = await redoma.run(['glass', 'scope', 'edit', name, '--own-key'])
        expect(own.stdout).toContain(`redoma glass ceremony --scope ${name}`)
        const words = ['--password-file', at(`${name}.password`), '--out', at(`${name}.ceremony`)]
        expect(await redoma.run(['glass', 'ceremony', '--scope', name, ...words])).toMatchObject({ code: 0 })
      }
      await redoma.run(['backup', 'create', '--only', 'secrets'])
      const newest = async (name: string): Promise<string> =>
        (await bundlesIn('nas', 'secrets', 'scopes', name)).find((path) => path.endsWith('-3.age')) ?? ''
      const opens = async (key: string, name: string): Promise<number | null> => {
        const identity = at('nas', 'secrets', 'scopes', key, 'identity.password.age')
        const words = ['-d', '-i', identity, '-o', at(`${key}-${name}.zip`), await newest(name)]
        const env = { ...process.env, PASSWORD: `${masterPassword} of ${key}` }
        return spawnSync('python3', [at('type.py'), 'age', ...words], { env, timeout: 60_000 }).status
      }

      expect(await opens('finance', 'finance')).toBe(0)
      expect(await opens('network', 'network')).toBe(0)
      expect(await opens('finance', 'network')).not.toBe(0)
      expect(await opens('network', 'finance')).not.toBe(0)
      const shown = await redoma.run(['glass', 'show', '--scope', 'finance', '--json'])
      expect(JSON.parse(shown.stdout)).toMatchObject([{ generation: 2, scope: 'finance' }])
      const drill = await redoma.run([
        'glass',
        'drill',
        'start',
        '--scope',
        'finance',
        '--out',
        at('drill.json'),
      ])
      expect(drill).toMatchObject({ code: 0 })
    },
  )

  test('a removed one makes no more bundles, and its credentials are in the whole vault again', async () => {
    const { length: bundlesOfFinance } = await bundlesIn('nas', 'secrets', 'scopes', 'finance')
    const removed = await redoma.run(['glass', 'scope', 'remove', 'finance', '--yes'])
    await redoma.run(['backup', 'create', '--only', 'secrets'])
    const coverage = await redoma.run(['glass', 'coverage', '--json'])

    expect(removed).toMatchObject({ code: 0 })
    expect(await bundlesIn('nas', 'secrets', 'scopes', 'finance')).toHaveLength(bundlesOfFinance)
    expect(JSON.parse(coverage.stdout)).toMatchObject({
      credentials: [{}, { id: 'r2', last: { scope: '' } }, {}],
    })
  })
})

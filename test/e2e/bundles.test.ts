import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const masterPassword = 'seldom-Quartz 71 anvil_harbour'
const vault = [
  {
    id: 'r1',
    title: '=HYPERLINK("x")',
    kind: 'password',
    user: 'root',
    secret: 'first hunter2',
    folder: 'Core',
  },
  { id: 'r2', title: '<b>switch</b>', kind: 'password', user: 'root', secret: 'second hunter2' },
  { id: 'r3', title: 'badges', kind: 'password', notes: 'ask Anna' },
]

/** Steps of one story, in order: each builds on what the one before left. */
describe('what the bundles have', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)
  const importVault = async (credentials: readonly object[]): Promise<void> => {
    await writeFile(at('vault.json'), JSON.stringify({ schema: 'redoma-credentials/1', credentials }))
    expect(await redoma.run(['credential', 'import', at('vault.json')])).toMatchObject({ code: 0 })
  }

  beforeAll(async () => {
    folder = await temporaryFolder()
    redoma = redomaAt(at('home'))
    await writeFile(at('password'), `${masterPassword}\n`, { mode: 0o600 })
    const words = [
      ['init', '--name', 'vault-1'],
      ['destination', 'add', 'nas', '--local', at('nas')],
      ['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')],
    ]
    for (const command of words) expect(await redoma.run(command)).toMatchObject({ code: 0 })
    await importVault(vault)
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('before the first bundle all are in none, and the exit code says so', async () => {
    const { code, stdout } = await redoma.run(['glass', 'coverage'])

    expect(code).toBe(3)
    expect(stdout).toMatch(/in no bundle +3/)
  })

  test('after it all are covered, and what is empty is told', async () => {
    await redoma.run(['backup', 'create', '--only', 'secrets'])

    const { code, stdout } = await redoma.run(['glass', 'coverage', '--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      summary: { schema: 'redoma-coverage/1', bundles: 1, states: { covered: 3 }, conditions: { empty: 1 } },
      credentials: [
        { id: 'r1', state: 'covered', last: { sequence: 1, destinations: ['nas'] } },
        { id: 'r2', condition: 'healthy' },
        { id: 'r3', condition: 'empty' },
      ],
    })
  })

  test('a table and a page have all of it, and nothing that runs', async () => {
    await importVault([{ ...vault[1], secret: 'third hunter2' }])
    const csv = await redoma.run(['glass', 'coverage', '--csv'])
    const html = await redoma.run(['glass', 'coverage', '--html', '--out', at('coverage.html')])

    expect([csv.code, html.code]).toEqual([3, 3])
    expect(csv.stdout).toContain(`"covered","healthy","registry","Core","'=HYPERLINK(""x"")"`)
    expect(csv.stdout).toContain('"changed","healthy","registry","","<b>switch</b>"')
    expect(html.stdout).toMatch(/changed since +1/)
    const page = await readFile(at('coverage.html'), 'utf8')
    expect(page).toContain('&lt;b&gt;switch&lt;/b&gt;')
    expect(page).toContain(`content="default-src 'none'; style-src 'sha256-`)
    expect(page).not.toMatch(/<script|<b>|https?:/)
    expect((await stat(at('coverage.html'))).mode & 0o777).toBe(0o600)
  })

  test('an opening is recorded, and what was in the bundle is ticked off as it gets new values', async () => {
    const opened = await redoma.run(['glass', 'opened', '1', '--by', 'Ana', '--why', 'vault unreachable'])
    const before = await redoma.run(['glass', 'aftercare', '--json'])
    await importVault([{ ...vault[0], secret: 'fourth hunter2' }])
    const after = await redoma.run(['glass', 'aftercare'])

    expect(opened).toMatchObject({ code: 0 })
    expect(before.code).toBe(3)
    expect(JSON.parse(before.stdout)).toMatchObject({
      summary: { opening: { openedBy: 'Ana', sequence: 1 }, states: { open: 1, changed: 1, harmless: 1 } },
      credentials: [{ id: 'r1', state: 'open', unchanged: ['secret'] }, { id: 'r2' }, { id: 'r3' }],
    })
    expect(after.code).toBe(0)
    expect(after.stdout).toContain('All of 3 credentials of the bundle are done.')
  })

  test('a bundle that the catalogue does not know is opened for it', async () => {
    const [name = ''] = (await readdir(at('nas', 'secrets'))).filter((one) => one.startsWith('vault-1-'))
    const words = [
      'glass',
      'aftercare',
      at('nas', 'secrets', name),
      '--csv',
      '--password-file',
      at('password'),
    ]

    const { code, stdout } = await redoma.run([
      ...words,
      '--identity',
      at('ceremony', 'identity.password.age'),
    ])

    expect(code).toBe(0)
    expect(stdout).toContain('"changed","registry","Core"')
  })

  test('bundles are kept by rules, which each backup applies', async () => {
    const set = await redoma.run(['glass', 'retention', '--keep-last', '2'])
    for (let run = 0; run < 3; run++) await redoma.run(['backup', 'create', '--only', 'secrets'])
    const bundles = (await readdir(at('nas', 'secrets'))).filter((one) => one.startsWith('vault-1-'))
    const dry = await redoma.run(['glass', 'forget', '--keep-last', '1', '--dry-run'])
    const done = await redoma.run(['glass', 'forget', '--keep-last', '1', '--yes', '--json'])

    expect(set.stdout).toContain('--keep-last 2')
    expect(bundles).toHaveLength(2)
    expect(dry.stdout).toContain('1 bundle would go')
    expect(JSON.parse(done.stdout)).toMatchObject([{ destination: 'nas', state: 'done', removed: 1 }])
    const verified = await redoma.run(['backup', 'verify', '--json'])
    expect(JSON.parse(verified.stdout)).toContainEqual(
      expect.objectContaining({
        what: 'ledger',
        outcome: expect.objectContaining({ kind: 'verified' }) as object,
      }),
    )
  })

  test('no secret is in anything that was printed or written', async () => {
    expect(redoma.printed()).not.toContain('hunter2')
    expect(await readFile(at('coverage.html'), 'utf8')).not.toContain('hunter2')
  })
})

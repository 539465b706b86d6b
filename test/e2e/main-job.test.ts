import { readdirSync, readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { sampleTokens, sampleVaultPath } from '../support/sample-vault.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const recordings = fileURLToPath(new URL('../vectors/recordings', import.meta.url))
const masterPassword = 'seldom-Quartz 71 anvil_harbour'

/** Steps of one story, in order: each builds on what the one before left. */
describe('the main job', () => {
  let folder: AsyncDisposable & { readonly path: string }
  let redoma: Redoma
  const at = (...names: string[]): string => join(folder.path, ...names)

  beforeAll(async () => {
    folder = await temporaryFolder()
    await makeTree(at('tree'))
    await writeFile(at('password'), `${masterPassword}\n`, { mode: 0o600 })
    redoma = redomaAt(at('home'))
  })
  afterAll(() => folder[Symbol.asyncDispose]())

  test('an instance is made, for its owner alone', async () => {
    const { code, stdout } = await redoma.run(['init', '--name', 'vault-1', '--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'vault-1', home: at('home') })
    expect(statSync(at('home')).mode & 0o777).toBe(0o700)
  })

  test('200 credentials are imported; a second time nothing changes', async () => {
    const first = await redoma.run(['credential', 'import', sampleVaultPath, '--json'])
    const second = await redoma.run(['credential', 'import', sampleVaultPath, '--json'])

    expect(JSON.parse(first.stdout)).toMatchObject({ added: 200, bad: [] })
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 0, changed: 0, unchanged: 200 })
  })

  test('sources and a destination are registered', async () => {
    const words = [
      ['source', 'add', 'tree', '--files', at('tree'), '--exclude', '*.tmp'],
      ['source', 'add', 'sessions', '--recordings', recordings, '--settle', '0'],
      ['destination', 'add', 'nas', '--local', at('nas')],
    ]

    for (const command of words) expect(await redoma.run(command)).toMatchObject({ code: 0 })

    const { stdout } = await redoma.run(['destination', 'list', '--json'])
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'nas', kind: 'local', path: at('nas') }])
  })

  test('without a ceremony the rest is done, with a hint and exit code 3', async () => {
    const { code, stdout } = await redoma.run(['backup', 'create'])

    expect(code).toBe(3)
    expect(stdout).toContain('redoma glass ceremony --out DIR')
    expect(readdirSync(at('nas', 'system', 'snapshots'))).toHaveLength(2)
  })

  test('a ceremony makes the recovery key', async () => {
    const { code } = await redoma.run(
      ['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')],
      '',
    )

    expect(code).toBe(0)
    expect(readdirSync(at('ceremony'))).toContain('identity.password.age')
  })

  test('everything is backed up, and what is there already is not stored again', async () => {
    const { code, stdout } = await redoma.run(['backup', 'create', '--json'])
    const run = JSON.parse(stdout) as { parts: { job: string; source: string; figures: object }[] }

    expect(code).toBe(0)
    expect(new Set(run.parts.map(({ job }) => job))).toEqual(new Set(['secrets', 'system', 'recordings']))
    const tree = run.parts.find(({ source }) => source === 'tree')
    expect(tree?.figures).toMatchObject({ items: 3, itemsNew: 0 })
  })

  test('all of it is found whole', async () => {
    const { code, stdout } = await redoma.run(['backup', 'verify', '--read-data', '--json'])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([
      { what: 'ledger', outcome: { kind: 'verified' } },
      { what: 'repository', outcome: { kind: 'verified' } },
    ])
  })

  test('the system comes back equal', async () => {
    const { code } = await redoma.run(['restore', 'latest', '--to', at('restored')])

    expect(code).toBe(0)
    const back = join(at('restored'), at('tree'))
    expect(await readFile(join(back, 'a'), 'utf8')).toBe('first\n')
    expect(await readFile(join(back, 'deep', 'b'))).toEqual(await readFile(at('tree', 'deep', 'b')))
    expect(statSync(join(back, 'a')).mode).toBe(statSync(at('tree', 'a')).mode)
    expect(statSync(join(back, 'a')).mtimeMs).toBe(statSync(at('tree', 'a')).mtimeMs)
    expect(readdirSync(back)).not.toContain('left-out.tmp')
  })

  test('the glass opens with the password, the instance being gone', async () => {
    const elsewhere = redomaAt(at('nowhere'))
    const bundle = readdirSync(at('nas', 'secrets')).find((name) => name.startsWith('vault-1-'))
    const open = ['glass', 'open', at('nas', 'secrets', bundle ?? ''), '--identity']
    const identity = at('nas', 'secrets', 'identity.password.age')

    const found = await elsewhere.run(
      [...open, identity, '--password-file', '-', '--search', 'lisbon-srv-0', '--reveal', '--json'],
      masterPassword,
    )
    const wrong = await elsewhere.run([...open, identity, '--password-file', '-'], 'not the password')

    expect(JSON.parse(found.stdout)).toMatchObject({
      credentials: [{ title: 'root at lisbon-srv-0', secret: 'tundra-FAKE7LCRHI3P5FAC-6ü' }],
    })
    expect(wrong.code).toBe(5)
  })

  test('a snapshot is restored with a password from the bundle, the instance being gone', async () => {
    const elsewhere = redomaAt(at('nowhere'))
    const bundle = readdirSync(at('nas', 'secrets')).find((name) => name.startsWith('vault-1-'))
    const identity = at('nas', 'secrets', 'identity.password.age')
    await elsewhere.run(
      [
        'glass',
        'open',
        at('nas', 'secrets', bundle ?? ''),
        '--identity',
        identity,
        '--password-file',
        '-',
        '--to',
        at('opened'),
      ],
      masterPassword,
    )
    const { repositories } = JSON.parse(
      await readFile(at('opened', 'system', 'repositories.json'), 'utf8'),
    ) as {
      repositories: { password: string }[]
    }

    const { code } = await elsewhere.run(
      [
        'restore',
        '--repository',
        at('nas', 'system'),
        '--password-file',
        '-',
        'latest:/' + join(at('tree'), 'deep').slice(1),
        '--source',
        'tree',
        '--to',
        at('again'),
      ],
      repositories[0]?.password,
    )

    expect(code).toBe(0)
    expect(findAll(at('again')).some((path) => path.endsWith('/b'))).toBe(true)
  })

  test('a recording comes back byte for byte', async () => {
    const list = await redoma.run(['recordings', 'list', '--json'])
    const copies = JSON.parse(list.stdout) as { recordingId: string; summary: { format?: string } }[]
    const tlog = copies.find(({ summary }) => summary.format === 'tlog')

    const { code } = await redoma.run([
      'recordings',
      'open',
      tlog?.recordingId ?? '',
      '--identity',
      at('ceremony', 'identity.password.age'),
      '--password-file',
      at('password'),
      '--to',
      at('session.ndjson'),
    ])

    expect(code).toBe(0)
    expect(await readFile(at('session.ndjson'))).toEqual(await readFile(join(recordings, 'tlog.ndjson')))
  })

  test('all recordings come back with one command, the instance being gone; one that is not there stops no other', async () => {
    const sealed = findAll(at('nas', 'recordings')).filter((path) => path.endsWith('/original.age'))
    const identity = ['--identity', at('ceremony', 'identity.password.age')]

    const { code, stdout, stderr } = await redomaAt(at('nowhere')).run(
      [
        'recordings',
        'open',
        at('nas/gone'),
        ...sealed,
        ...identity,
        '--password-file',
        '-',
        '--to',
        at('all'),
      ],
      masterPassword,
    )

    expect(code).toBe(1)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain(at('nas/gone'))
    expect(stdout.trim().split('\n')).toHaveLength(sealed.length)
    expect(readdirSync(at('all'))).toHaveLength(sealed.length)
  })

  test('damage at the destination is found, with exit code 6', async () => {
    const bundle = readdirSync(at('nas', 'secrets')).find((name) => name.startsWith('vault-1-')) ?? ''
    const path = at('nas', 'secrets', bundle)
    const whole = await readFile(path)
    await chmod(path, 0o600)
    await writeFile(path, whole.with(whole.length - 1, (whole.at(-1) ?? 0) ^ 1))

    const { code, stdout } = await redoma.run(['backup', 'verify'])

    expect(code).toBe(6)
    expect(stdout).toContain(bundle)
    await writeFile(path, whole)
  })

  test('no secret was written anywhere in the clear', async () => {
    const tokens = [...sampleTokens(), masterPassword]
    const written = [...findAll(at('home')), ...findAll(at('nas'))]
    const isSecret = (text: string): boolean => tokens.some((token) => text.includes(token))

    const guilty = written.filter((path) => isSecret(path) || isSecret(readFileSync(path, 'latin1')))

    expect(tokens.length).toBeGreaterThan(200)
    expect(written.length).toBeGreaterThan(20)
    expect(guilty).toEqual([])
    // The one credential that was asked for with --reveal is the only one that was ever printed.
    const printed = tokens.filter((token) => redoma.printed().includes(token))
    expect(printed).toEqual([])
  })

  test('what the instance keeps is for its owner alone', () => {
    const open = findAll(at('home')).filter((path) => (statSync(path).mode & 0o077) !== 0)

    expect(open).toEqual([])
  })
})

async function makeTree(path: string): Promise<void> {
  await mkdir(join(path, 'deep'), { recursive: true })
  await writeFile(join(path, 'a'), 'first\n', { mode: 0o640 })
  await writeFile(join(path, 'left-out.tmp'), 'not wanted')
  await writeFile(join(path, 'deep', 'b'), Buffer.alloc(3_000_000, 'redoma '))
  await writeFile(join(path, 'deep', 'empty'), '')
  await symlink('a', join(path, 'link'))
}

function findAll(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

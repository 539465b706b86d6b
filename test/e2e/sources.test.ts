import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const masterPassword = 'seldom-Quartz 71 anvil_harbour'

describe('a CSV file', () => {
  test('is imported by the columns that are named; a bad row is told, and a second time nothing changes', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder.path)
    const sheet = join(folder.path, 'sheet.csv')
    const rows = ['Konto,Wer,Wort,Port', 'router,admin,first-word,22', 'switch,ops,second-word,99999']
    await writeFile(sheet, `${rows.join('\n')}\n`)
    const columns = ['--column', 'title=Konto', '--column', 'user=Wer', '--column', 'secret=Wort']
    const importing = ['credential', 'import', sheet, ...columns, '--json']

    const strict = await redoma.run([...importing, '--strict'])
    const first = await redoma.run(importing)
    const second = await redoma.run(importing)

    expect(strict.code).toBe(1)
    expect(JSON.parse(strict.stdout)).toMatchObject({ applied: false })
    expect(first.code).toBe(3)
    expect(JSON.parse(first.stdout)).toMatchObject({ added: 1, changed: 0, bad: [{ line: 3 }] })
    expect(JSON.parse(second.stdout)).toMatchObject({ added: 0, changed: 0, unchanged: 1 })
    const { stdout } = await redoma.run(['credential', 'show', 'router', '--reveal', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      title: 'router',
      user: 'admin',
      secret: 'first-word',
      port: 22,
    })
  })

  test('with a column that is not there, or is none of ours, is wrong usage', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder.path)
    const sheet = join(folder.path, 'sheet.csv')
    await writeFile(sheet, 'title,password\nrouter,word\n')

    for (const column of ['title=Konto', 'tittle=title', 'title']) {
      expect(await redoma.run(['credential', 'import', sheet, '--column', column])).toMatchObject({ code: 2 })
    }
  })
})

describe('a program as a second source of secrets', () => {
  test('is in the bundle with all that the registry has, and publishes nothing when it fails', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder.path)
    const at = (...names: string[]): string => join(folder.path, ...names)
    const credential = { id: 'vault/7', title: 'root at lisbon', kind: 'password', secret: 'from-the-vault' }
    await writeFile(at('vault.jsonl'), `${JSON.stringify(credential)}\n`)
    await writeFile(at('password'), masterPassword, { mode: 0o600 })
    await redoma.run(['credential', 'add', 'of our own', '--secret-file', '-'], 'from-the-registry')
    const program = `/bin/sh -c "cat '${at('vault.jsonl')}'"`
    const added = await redoma.run(['source', 'add', 'vault', '--command', program])
    await redoma.run(['destination', 'add', 'nas', '--local', at('nas')])
    await redoma.run(['glass', 'ceremony', '--password-file', at('password'), '--out', at('ceremony')])
    const create = ['backup', 'create', '--only', 'secrets', '--json']

    const { code, stdout } = await redoma.run(create)

    expect(added.code).toBe(0)
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ parts: [{ job: 'secrets', figures: { items: 2 } }] })
    const [bundle = ''] = bundlesIn(at('nas'))
    const identity = at('ceremony', 'identity.password.age')
    const open = ['glass', 'open', at('nas', 'secrets', bundle), '--identity', identity]
    const opened = await redoma.run([
      ...open,
      '--password-file',
      at('password'),
      '--search',
      'lisbon',
      '--reveal',
      '--json',
    ])
    expect(JSON.parse(opened.stdout)).toMatchObject({ credentials: [{ secret: credential.secret }] })

    await writeFile(at('vault.jsonl'), `${JSON.stringify(credential)}\n{"secret":"half-a-l`)
    const failed = await redoma.run(create)
    expect(failed.code).toBe(1)
    expect(failed.stdout).toContain('line 2')
    expect(failed.stdout + failed.stderr).not.toContain('half-a-l')
    expect(bundlesIn(at('nas'))).toEqual([bundle])
  })
})

describe('a source of files', () => {
  test('leaves out what its rules say, and nothing else', async () => {
    await using folder = await temporaryFolder()
    const redoma = await anInstance(folder.path)
    const tree = join(folder.path, 'tree')
    await mkdir(join(tree, 'cache'), { recursive: true })
    await mkdir(join(tree, 'build'))
    await writeFile(join(tree, 'cache', 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n')
    for (const name of ['cache/x', 'build/y', 'a.tmp', 'keep.tmp', 'plain']) {
      await writeFile(join(tree, name), name)
    }
    await writeFile(join(tree, 'large'), Buffer.alloc(3_000_000))
    const rules = [
      '--exclude',
      '*.tmp',
      '!keep.tmp',
      '/build/',
      '--exclude-larger-than',
      '2M',
      '--exclude-caches',
    ]
    await redoma.run(['source', 'add', 'tree', '--files', tree, ...rules])
    await redoma.run(['destination', 'add', 'nas', '--local', join(folder.path, 'nas')])

    const created = await redoma.run(['backup', 'create', '--only', 'system'])
    const to = join(folder.path, 'back')
    const restored = await redoma.run(['restore', 'latest', '--source', 'tree', '--to', to])

    expect(created.code).toBe(0)
    expect(restored.code).toBe(0)
    const files = readdirSync(join(to, tree), { recursive: true, encoding: 'utf8' })
    // A cache keeps its tag, so that what is restored is a cache still.
    expect(files.toSorted()).toEqual(['cache', 'cache/CACHEDIR.TAG', 'keep.tmp', 'plain'])
  })
})

async function anInstance(folder: string): Promise<Redoma> {
  const redoma = redomaAt(join(folder, 'home'))
  await redoma.run(['init'])
  return redoma
}

function bundlesIn(destination: string): string[] {
  return readdirSync(join(destination, 'secrets')).filter((name) => /-\d{8}T\d{6}Z-\d+\.age$/.test(name))
}

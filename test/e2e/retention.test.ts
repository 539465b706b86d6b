import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

interface Forgotten {
  readonly state: string
  readonly groups: readonly {
    readonly group: { readonly source: readonly string[] }
    readonly keep: readonly { readonly reasons: readonly string[] }[]
    readonly remove: readonly unknown[]
  }[]
}

describe('retention', () => {
  test('shows what would go, asks, removes it, frees the space, and nothing is missed afterwards', async () => {
    await using folder = await temporaryFolder()
    const redoma = await backedUpThrice(folder.path)
    const forget = ['backup', 'forget', '--source', 'files', '--keep-last', '1', '--prune']

    const planned = await forgetting(redoma, [...forget, '--dry-run'])
    const unasked = await redoma.run(forget)
    const forgotten = await forgetting(redoma, [...forget, '--yes'])
    const again = await redoma.run(['backup', 'prune', '--json'])

    expect(planned).toMatchObject({ state: 'dry-run', groups: [{ group: { source: ['files'] } }] })
    expect(planned.groups[0]?.keep.map(({ reasons }) => reasons)).toEqual([['last snapshot']])
    expect(planned.groups[0]?.remove).toHaveLength(2)
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') as string })
    expect(forgotten).toMatchObject({ state: 'done', groups: planned.groups })
    expect(JSON.parse(again.stdout)).toMatchObject([{ destination: 'nas', freedBytes: 0 }])
    expect(await redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 0 })
  })

  test('does not miss even the newest snapshot, when it was forgotten by its id', async () => {
    await using folder = await temporaryFolder()
    const redoma = await backedUpThrice(folder.path)
    const { stdout } = await redoma.run(['backup', 'snapshots', '--source', 'files', '--json'])
    const [newest] = JSON.parse(stdout) as { readonly id: string }[]

    const ended = await redoma.run(['backup', 'forget', newest?.id ?? '', '--yes'])

    expect(ended.code).toBe(0)
    expect(await redoma.run(['backup', 'verify'])).toMatchObject({ code: 0 })
  })

  test('keeps what was tagged, for as long as the rule says so', async () => {
    await using folder = await temporaryFolder()
    const redoma = await backedUpThrice(folder.path)
    const tagged = ['backup', 'create', '--only', 'system', '--tag', 'before-upgrade']
    expect(await redoma.run(tagged)).toMatchObject({ code: 0 })
    expect(await redoma.run(['backup', 'create', '--only', 'system'])).toMatchObject({ code: 0 })

    const keep = ['--source', 'files', '--keep-last', '1', '--keep-tag', 'before-upgrade']
    const planned = await forgetting(redoma, ['backup', 'forget', ...keep, '--dry-run'])

    expect(planned.groups[0]?.keep.map(({ reasons }) => reasons)).toEqual([
      ['last snapshot'],
      [expect.stringContaining('before-upgrade') as string],
    ])
    expect(await redoma.run([...tagged, '--tag', 'source:files'])).toMatchObject({ code: 2 })
  })

  test('forgets an id where it is, of several destinations, and nothing at all when nobody has one of them', async () => {
    await using folder = await temporaryFolder()
    const redoma = await backedUpThrice(folder.path)
    await mkdir(join(folder.path, 'vault'))
    await redoma.run(['destination', 'add', 'vault', '--local', join(folder.path, 'vault')])
    await redoma.run(['backup', 'create', '--only', 'system', '--to', 'vault'])
    const idsAt = async (name: string): Promise<string[]> =>
      (await readdir(join(folder.path, name, 'system', 'snapshots'))).toSorted()
    const [atNas, atVault] = [await idsAt('nas'), await idsAt('vault')]
    const [ofNas = '', ofVault = ''] = [atNas[0], atVault[0]]

    const unknown = await redoma.run(['backup', 'forget', ofNas, ofVault, '0'.repeat(64), '--yes'])
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing was removed') as string,
    })
    expect([await idsAt('nas'), await idsAt('vault')]).toEqual([atNas, atVault])

    expect(await redoma.run(['backup', 'forget', ofVault, '--at', 'nas', '--yes'])).toMatchObject({ code: 1 })
    expect(await redoma.run(['backup', 'forget', ofNas, ofVault, '--yes'])).toMatchObject({ code: 0 })
    expect([await idsAt('nas'), await idsAt('vault')]).toEqual([atNas.slice(1), atVault.slice(1)])
  })

  test('refuses to keep nothing, by no rule or by rules that leave nothing of a source', async () => {
    await using folder = await temporaryFolder()
    const redoma = await backedUpThrice(folder.path)

    expect(await redoma.run(['backup', 'forget', '--yes'])).toMatchObject({ code: 2 })
    const emptied = await redoma.run(['backup', 'forget', '--keep-tag', 'nothing-has-it', '--yes'])
    expect(emptied).toMatchObject({ code: 1, stderr: expect.stringContaining('no snapshot') as string })
  })
})

async function backedUpThrice(path: string): Promise<Redoma> {
  const redoma = redomaAt(join(path, 'home'))
  for (const name of ['home', 'nas', 'files']) await mkdir(join(path, name))
  await redoma.run(['init'])
  await redoma.run(['source', 'add', 'files', '--files', join(path, 'files')])
  await redoma.run(['destination', 'add', 'nas', '--local', join(path, 'nas')])
  for (const version of ['first', 'second', 'third']) {
    await writeFile(join(path, 'files', 'file'), version.repeat(1000))
    await redoma.run(['backup', 'create'])
  }
  return redoma
}

async function forgetting(redoma: Redoma, words: readonly string[]): Promise<Forgotten> {
  const { stdout } = await redoma.run([...words, '--json'])
  const [report] = JSON.parse(stdout) as [Forgotten]
  return report
}

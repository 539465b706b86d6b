import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { bodyOf } from '../../src/ports/destination.ts'
import { objectNameOf } from '../../src/repository/objects.ts'
import { openRepository } from '../../src/repository/open.ts'
import type { Repository } from '../../src/repository/repository.ts'
import { encodeSnapshot } from '../../src/repository/snapshots/encode-snapshot.ts'
import { listSnapshots } from '../../src/repository/snapshots/list-snapshots.ts'
import { encodeUnpacked } from '../../src/repository/unpacked/encode-unpacked.ts'
import { madeOnce } from '../support/made-once.ts'
import { passwordOf } from '../support/protected-tree.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { placeAt } from '../support/repositories.ts'

const { signal } = new AbortController()

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
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))
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
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))
    const { stdout } = await redoma.run(['backup', 'snapshots', '--source', 'files', '--json'])
    const [newest] = JSON.parse(stdout) as { readonly id: string }[]

    const ended = await redoma.run(['backup', 'forget', newest?.id ?? '', '--yes'])

    expect(ended.code).toBe(0)
    expect(await redoma.run(['backup', 'verify'])).toMatchObject({ code: 0 })
  })

  test('keeps what was tagged, for as long as the rule says so', async () => {
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))
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
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))
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

  test('goes on where one of several destinations cannot be reached, and says so', async () => {
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))
    const [away, vault] = [join(folder.path, 'away'), join(folder.path, 'vault')]
    await mkdir(vault)
    await redoma.run(['destination', 'add', 'vault', '--local', vault])
    await redoma.run(['backup', 'create', '--only', 'system', '--to', 'vault'])
    const idsAtVault = async (): Promise<string[]> => await readdir(join(vault, 'system', 'snapshots'))
    const [id = '', other = ''] = await idsAtVault()
    await rename(join(folder.path, 'nas'), away)

    const named = await redoma.run(['backup', 'forget', id, '--yes', '--json'])
    expect(named).toMatchObject({ code: 1, stderr: expect.stringContaining('error: nas: ') as string })
    expect(JSON.parse(named.stdout)).toMatchObject([
      { destination: 'vault', state: 'done' },
      { destination: 'nas', state: 'failed', failure: { code: 'DESTINATION_UNREACHABLE' } },
    ])
    expect(await idsAtVault()).toEqual([other])
    const pruned = await redoma.run(['backup', 'prune', '--json'])
    expect(pruned.code).toBe(1)
    expect(JSON.parse(pruned.stdout)).toMatchObject([
      { destination: 'vault', dryRun: false },
      { state: 'failed' },
    ])
    const unknown = await redoma.run(['backup', 'forget', id, other, '--yes'])
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('It may be at nas') as string })
    expect(await idsAtVault()).toEqual([other])
    expect(await redoma.run(['backup', 'forget', '--keep-last', '1', '--yes'])).toMatchObject({ code: 1 })
    const found = await redoma.run(['backup', 'find', '*'])
    expect(found).toMatchObject({ code: 3, stderr: expect.stringContaining('warning: nas: ') as string })
    expect(found.stdout).toContain(other.slice(0, 8))

    await rename(away, join(folder.path, 'nas'))
    expect(await redoma.run(['backup', 'forget', '--keep-last', '1', '--yes'])).toMatchObject({ code: 0 })
  })

  test('forgets neither of two snapshots, of two destinations, that begin with what was named', async () => {
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))
    const vault = join(folder.path, 'vault')
    await mkdir(vault)
    await redoma.run(['destination', 'add', 'vault', '--local', vault])
    await redoma.run(['backup', 'create', '--only', 'system', '--to', 'vault'])
    const password = new Secret(await passwordOf(join(folder.path, 'home'), 'vault'))
    using repository = await openRepository({ ...placeAt(join(vault, 'system')), password }, signal)
    const idsAtNas = (): Promise<string[]> => readdir(join(folder.path, 'nas', 'system', 'snapshots'))
    const beginning = await addBeginningAsOneOf(await idsAtNas(), repository)

    const ended = await redoma.run(['backup', 'forget', beginning, '--yes'])

    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('means two snapshots') as string })
    expect((await idsAtNas()).filter((id) => id.startsWith(beginning))).toHaveLength(1)
    expect(await redoma.run(['backup', 'forget', beginning, '--yes', '--at', 'nas'])).toMatchObject({
      code: 0,
    })
    expect((await idsAtNas()).filter((id) => id.startsWith(beginning))).toHaveLength(0)
  })

  test('refuses to keep nothing, by no rule or by rules that leave nothing of a source', async () => {
    await using folder = await backedUpThrice()
    const redoma = redomaAt(join(folder.path, 'home'))

    expect(await redoma.run(['backup', 'forget', '--yes'])).toMatchObject({ code: 2 })
    const emptied = await redoma.run(['backup', 'forget', '--keep-tag', 'nothing-has-it', '--yes'])
    expect(emptied).toMatchObject({ code: 1, stderr: expect.stringContaining('no snapshot') as string })
  })
})

const backedUpThrice = madeOnce(async (path) => {
  const redoma = redomaAt(join(path, 'home'))
  for (const name of ['home', 'nas', 'files']) await mkdir(join(path, name))
  await redoma.run(['init'])
  await redoma.run(['source', 'add', 'files', '--files', join(path, 'files')])
  await redoma.run(['destination', 'add', 'nas', '--local', join(path, 'nas')])
  for (const version of ['first', 'second', 'third']) {
    await writeFile(join(path, 'files', 'file'), version.repeat(1000))
    await redoma.run(['backup', 'create'])
  }
})

/** Adds a copy of a snapshot, sealed so often anew that its id begins with the four digits of one of these. Returns these. */
async function addBeginningAsOneOf(ids: readonly string[], repository: Repository): Promise<string> {
  const { snapshots } = await listSnapshots(repository, signal)
  const [snapshot] = snapshots
  if (snapshot === undefined) throw new Error('there is no snapshot')
  const json = encodeSnapshot(snapshot)
  const beginnings = new Set(ids.map((id) => id.slice(0, 4)))
  for (;;) {
    const { id, bytes } = encodeUnpacked(json, repository.envelope, repository.primitives)
    if (!beginnings.has(id.slice(0, 4))) continue
    await repository.destination.put(objectNameOf(repository, 'snapshots', id), bodyOf(bytes), signal)
    return id.slice(0, 4)
  }
}

async function forgetting(redoma: Redoma, words: readonly string[]): Promise<Forgotten> {
  const { stdout } = await redoma.run([...words, '--json'])
  const [report] = JSON.parse(stdout) as [Forgotten]
  return report
}

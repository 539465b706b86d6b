import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { Secret } from '../../src/core/secret.ts'
import { whileLocked } from '../../src/repository/locks/while-locked.ts'
import { openRepository } from '../../src/repository/open.ts'
import { aProtectedTree, type ProtectedTree, passwordOf, protectedTrees } from '../support/protected-tree.ts'
import { placeAt } from '../support/repositories.ts'

const { signal } = new AbortController()

const withVault = protectedTrees(addVault)

const missedAtVault = protectedTrees(async (world) => {
  await addVault(world)
  await rename(join(world.path, 'vault'), join(world.path, 'vault.away'))
  expect(await world.backUp()).toMatchObject({ code: 3 })
})

async function addVault(world: ProtectedTree): Promise<void> {
  const words = ['destination', 'add', 'vault', '--local', join(world.path, 'vault')]
  expect(await world.redoma.run(words)).toMatchObject({ code: 0 })
  expect(await world.backUp()).toMatchObject({ code: 0 })
}

interface ListedSnapshot {
  readonly id: string
  readonly destination: string
  readonly source: string
}

test('what a destination missed is copied from another when it is back, once, and until then runs end with warnings', async () => {
  await using world = await withVault()
  const { redoma, tree } = world
  const vault = join(world.path, 'vault')

  await rename(vault, `${vault}.away`)
  for (const words of ['first missed', 'second missed']) {
    await writeFile(join(tree, 'small'), words)
    const missed = await world.backUp()
    expect(missed.code).toBe(3)
    expect(missed.parts.filter(({ outcome }) => outcome.kind === 'failed')).toHaveLength(2)
  }
  expect(await snapshotsAt(world, 'nas')).toHaveLength(8)
  await rename(`${vault}.away`, vault)

  expect(await world.backUp()).toMatchObject({ code: 0 })
  const caughtUp = await snapshotsAt(world, 'vault')
  expect(caughtUp).toHaveLength(8)
  expect(await contentsOf(world, 'vault')).toEqual([
    'first missed',
    'second missed',
    'second missed',
    'there from the beginning',
  ])

  // What was removed there on purpose does not come back.
  const words = ['backup', 'forget', '--at', 'vault', '--keep-last', '1', '--yes']
  expect(await redoma.run(words)).toMatchObject({ code: 0 })
  expect(await world.backUp()).toMatchObject({ code: 0 })
  expect(await snapshotsAt(world, 'vault')).toHaveLength(4)
})

test('what two others have is copied once, from the one that can be reached', async () => {
  await using world = await aProtectedTree()
  const { redoma, nas } = world
  const [vault, usb] = [join(world.path, 'vault'), join(world.path, 'usb')]
  for (const [name, path] of [
    ['vault', vault],
    ['usb', usb],
  ] as const)
    expect(await redoma.run(['destination', 'add', name, '--local', path])).toMatchObject({ code: 0 })
  expect(await world.backUp()).toMatchObject({ code: 0 })
  await rename(vault, `${vault}.away`)
  expect(await world.backUp()).toMatchObject({ code: 3 })
  await rename(`${vault}.away`, vault)
  await rename(nas, `${nas}.away`)

  expect(await world.backUp('--to', 'vault')).toMatchObject({ code: 0 })
  await rename(`${nas}.away`, nas)
  expect(await world.backUp('--to', 'vault')).toMatchObject({ code: 0 })

  // Two sources in four runs, one of which was missed.
  expect(await snapshotsAt(world, 'vault')).toHaveLength(8)
})

test('what is gone at the other destination, too, is not missed for ever', async () => {
  await using world = await missedAtVault()
  const { redoma } = world
  const vault = join(world.path, 'vault')
  expect(await world.backUp('--to', 'nas')).toMatchObject({ code: 0 })
  const forget = ['backup', 'forget', '--at', 'nas', '--keep-last', '1', '--yes']
  expect(await redoma.run(forget)).toMatchObject({ code: 0 })
  await rename(`${vault}.away`, vault)

  expect(await world.backUp('--to', 'vault')).toMatchObject({ code: 0 })

  expect(await snapshotsAt(world, 'vault')).toHaveLength(4)
})

test('while the other destination is away, what is missed is told, and the run ends with warnings', async () => {
  await using world = await missedAtVault()
  const { nas } = world
  const vault = join(world.path, 'vault')
  await rename(`${vault}.away`, vault)
  await rename(nas, `${nas}.away`)

  const back = await world.backUp('--to', 'vault')

  expect(back.code).toBe(3)
  expect(back.stdout).toContain('what run 3 stored at nas is still missing here')
  await rename(`${nas}.away`, nas)
  expect(await world.backUp('--to', 'vault')).toMatchObject({ code: 0 })
  expect(await snapshotsAt(world, 'vault')).toHaveLength(8)
})

test('who works at the other destination keeps its lock, and what is missed comes later', async () => {
  await using world = await missedAtVault()
  const { nas, home } = world
  const vault = join(world.path, 'vault')
  await rename(`${vault}.away`, vault)
  const catchingUp = (): ReturnType<typeof world.backUp> => world.backUp('--to', 'vault', '--retry-lock', '0')

  // As a prune of this instance in another process, which is this one.
  using repository = await openRepository(
    {
      ...placeAt(join(nas, 'system')),
      password: new Secret(await passwordOf(home)),
      locking: { lease: await instanceOf(home) },
    },
    signal,
  )
  const back = await whileLocked(
    repository,
    'exclusive',
    async () => {
      const locks = await readdir(join(nas, 'system', 'locks'))
      const ended = await catchingUp()
      expect(await readdir(join(nas, 'system', 'locks'))).toEqual(locks)
      return ended
    },
    signal,
  )

  expect(back.code).toBe(3)
  expect(back.stdout).toContain('what run 3 stored at nas is still missing here')
  expect(await catchingUp()).toMatchObject({ code: 0 })
  expect(await snapshotsAt(world, 'vault')).toHaveLength(8)
})

async function instanceOf(home: string): Promise<string> {
  const catalogue = await openCatalogue({ home, clock: { now: () => new Date() } })
  try {
    return catalogue.instance.id
  } finally {
    await catalogue.close()
  }
}

async function snapshotsAt({ redoma }: ProtectedTree, destination: string): Promise<ListedSnapshot[]> {
  const { code, stdout } = await redoma.run(['backup', 'snapshots', '--from', destination, '--json'])
  expect(code).toBe(0)
  const parsed = JSON.parse(stdout) as { readonly snapshots: readonly ListedSnapshot[] } | ListedSnapshot[]
  return [...(Array.isArray(parsed) ? parsed : parsed.snapshots)]
}

/** What the small file said in each snapshot of the tree, oldest first. */
async function contentsOf(world: ProtectedTree, destination: string): Promise<string[]> {
  const contents: string[] = []
  for (const { id, source } of await snapshotsAt(world, destination)) {
    if (source !== 'tree') continue
    const path = `${id}:${join(world.tree, 'small')}`
    contents.push((await world.redoma.run(['backup', 'cat', path, '--from', destination])).stdout)
  }
  return contents.toSorted()
}

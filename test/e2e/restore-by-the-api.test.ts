import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ask, askBySocket } from '../../src/api/client/ask-by-socket.ts'
import { socketPath } from '../../src/api/contract/socket-path.ts'
import { compareTrees } from '../support/compare-trees.ts'
import { serve } from '../support/daemon.ts'
import { fillTree, type ProtectedTree, protectedTrees } from '../support/protected-tree.ts'

const aWorld = protectedTrees(async ({ tree, redoma }) => {
  await mkdir(join(tree, 'etc', 'ssh'), { recursive: true })
  for (const name of ['sshd_config', 'ssh_config', 'moduli'])
    await writeFile(join(tree, 'etc', 'ssh', name), `# ${name}`)
  await redoma.run(['backup', 'create', '--only', 'system', '--source', 'tree'])
})

const anEntry = z.object({ snapshot: z.string(), path: z.string(), type: z.string() })
const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().optional() })

describe('what is in snapshots', () => {
  test('is listed, and found by a pattern, page by page', async () => {
    await using world = await aWorld()
    await using daemon = await serve(world)
    const get = getterOf(world)
    const at = '/api/v1/destinations/nas'

    const snapshots = await all(get, `${at}/snapshots?source=tree&limit=1`, z.object({ id: z.string() }))
    const [newest, oldest] = snapshots
    const folder = `${world.tree}/etc/ssh`
    const listed = await all(get, `${at}/snapshots/${newest?.id}/entries?path=${folder}&limit=2`, anEntry)
    const found = await all(get, `${at}/entries?pattern=*_config&source=tree&limit=1`, anEntry)
    const inOldest = await all(get, `${at}/entries?pattern=**/small&snapshot=${oldest?.id}&limit=5`, anEntry)

    expect(snapshots).toHaveLength(2)
    expect(listed.map(({ path }) => path.slice(folder.length))).toEqual([
      '/moduli',
      '/ssh_config',
      '/sshd_config',
    ])
    expect(found.map(({ path, snapshot }) => [snapshot, path.slice(folder.length)])).toEqual([
      [newest?.id, '/ssh_config'],
      [newest?.id, '/sshd_config'],
    ])
    expect(inOldest).toMatchObject([{ snapshot: oldest?.id, path: `${world.tree}/small`, type: 'file' }])
    for (const [path, code] of [
      [`${at}/snapshots/ffffffff/entries`, 'NOT_FOUND'],
      [`${at}/snapshots/${newest?.id}/entries?path=/etc/../..`, 'NOT_FOUND'],
      [`${at}/snapshots/latest/entries`, 'USAGE'],
      [`${at}/snapshots/${newest?.id}/entries?path=%00`, 'USAGE'],
      [`/api/v1/destinations/elsewhere/snapshots`, 'NOT_FOUND'],
      [`${at}/entries?pattern=x&cursor=${cursor('time')}`, 'USAGE'],
    ])
      await expect(get(path ?? '')).rejects.toMatchObject({ code })
    expect(await daemon.stop()).toBe(0)
  })
})

test('a daemon that is killed in the middle of a restore finds it lost, and does it anew from what is there', async () => {
  await using world = await aWorld()
  await fillTree(world, 48)
  await world.redoma.run(['backup', 'create', '--only', 'system', '--source', 'tree'])
  // On a busy machine the kill may come when it is done.
  let killed = await killedWhileRestoring(world, join(world.path, 'restored-0'))
  for (let tries = 1; killed.state === 'done' && tries < 6; tries++)
    killed = await killedWhileRestoring(world, join(world.path, `restored-${tries}`))
  const { target, state } = killed

  await using daemon = await serve(world)
  const again = await begin(world, target)
  const path = `/api/v1/restores/${again}/events`
  const told = await askOf(world).stream(path, new AbortController().signal)
  const text = Buffer.concat(await Array.fromAsync(told)).toString()

  expect(state).toBe('lost')
  expect(text).toMatch(/event: end\ndata: .*"state":"done"/)
  expect(compareTrees(world.tree, join(target, world.tree))).toEqual([])
  expect(await daemon.stop()).toBe(0)
})

/** What the next daemon says of it. */
async function killedWhileRestoring(
  world: ProtectedTree,
  target: string,
): Promise<{ target: string; state: string }> {
  const { child } = await serve(world)
  const ended = once(child, 'exit')
  const id = await begin(world, target)
  while (filesIn(target) === 0) await wait(1)
  child.kill('SIGKILL')
  await ended
  await using next = await serve(world)
  const { state } = stated.parse(await getterOf(world)(`/api/v1/restores/${id}`))
  await next.stop()
  return { target, state }
}

async function begin(world: ProtectedTree, target: string): Promise<number> {
  const body = { destination: 'nas', snapshot: 'latest', source: 'tree', target }
  return begun.parse(await askOf(world).json({ method: 'POST', path: '/api/v1/restores', body })).id
}

const stated = z.object({ state: z.string() })

test('the restore root is said on the machine, and has to be one', async () => {
  await using world = await aWorld()
  const root = join(world.path, 'restored')
  const config = (...words: string[]) => world.redoma.run(['config', 'restore-root', ...words])

  expect((await config()).stdout).toContain('Over the network nothing is restored.')
  expect(await config(root)).toMatchObject({ code: 1 })
  await mkdir(root, { mode: 0o755 })
  expect(await config(root)).toMatchObject({ code: 1 })
  await chmod(root, 0o700)
  expect((await config(root)).stdout).toContain(`restores go below ${root}`)
  expect(JSON.parse((await config('--json')).stdout)).toEqual({ root })
  expect(await config(world.home)).toMatchObject({ code: 1 })
  expect((await config('--off')).stdout).toContain('Over the network nothing is restored.')
})

const begun = z.object({ id: z.int() })

/** Whole ones, and those that are being written. */
function filesIn(folder: string): number {
  if (!existsSync(folder)) return 0
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length
}

type Get = (path: string) => Promise<unknown>

function askOf({ home }: ProtectedTree): Ask {
  return askBySocket(socketPath(join(home, 'run')), { actor: 'eve' })
}

function getterOf(world: ProtectedTree): Get {
  const socket = askOf(world)
  return (path) => socket.json({ method: 'GET', path })
}

async function all<Item extends z.ZodType>(get: Get, path: string, item: Item): Promise<z.output<Item>[]> {
  const items: z.output<Item>[] = []
  let next: string | undefined
  do {
    const page = pageOf(item).parse(await get(next === undefined ? path : `${path}&cursor=${next}`))
    items.push(...page.items)
    next = page.next
  } while (next !== undefined)
  return items
}

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url')
}

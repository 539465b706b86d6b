import { once } from 'node:events'
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { askBySocket } from '../../src/api/client/ask-by-socket.ts'
import { socketPath } from '../../src/api/contract/socket-path.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { serve } from '../support/daemon.ts'
import { daemonAtSpeed } from '../support/daemon-at-speed.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'
import { redomaAt } from '../support/redoma.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('damage that somebody finds by hand is an incident at once, until it is read whole again', async () => {
  await using world = await aProtectedTree()
  const pack = await aPackOf(world)
  const aside = join(world.path, 'aside')
  await copyFile(pack, aside)
  const bytes = await readFile(pack)
  bytes[20] = (bytes[20] ?? 0) ^ 1
  await rm(pack)
  await writeFile(pack, bytes)

  expect(await world.redoma.run(['backup', 'verify', '--read-data'])).toMatchObject({ code: 6 })
  expect(await openOnes(world)).toContainEqual(
    expect.objectContaining({ kind: 'verification-failed', subject: 'nas' }),
  )

  await copyFile(aside, pack)
  expect(await world.redoma.run(['backup', 'verify', '--read-data-rotating', '256'])).toMatchObject({
    code: 0,
  })
  expect((await openOnes(world)).map(({ kind }) => kind)).not.toContain('verification-failed')
})

test('the daemon verifies what is due of itself, and what it finds is an incident', async () => {
  await using world = await aProtectedTree()
  await rm(await aPackOf(world))
  const daemon = await daemonAtSpeed({ home: world.home, speed: 600 })
  expect(await world.redoma.run(['routine', 'set', 'verification', '--cron', '0 * * * *'])).toMatchObject({
    code: 0,
  })

  const late = Date.now() + 90_000
  const damage = async () => (await openOnes(world)).find(({ kind }) => kind === 'verification-failed')
  let found = await damage()
  while (found === undefined && Date.now() < late) {
    await wait(200)
    found = await damage()
  }
  daemon.kill('SIGTERM')
  await once(daemon, 'exit')

  expect(found).toMatchObject({ subject: 'nas' })
  const { stdout } = await world.redoma.run(['routine', 'list'])
  expect(stdout).toMatch(/nas +repository +.* wrong/)
})

test('damage that is found by the API, over the socket of the daemon, is told to who follows, and is an incident', async () => {
  await using world = await aProtectedTree()
  await rm(await aPackOf(world))
  await using daemon = await serve(world)
  const socket = askBySocket(socketPath(join(world.home, 'run')), { actor: 'eve' })

  const path = '/api/v1/verifications'
  const sent = { method: 'POST', path, body: { destinations: ['nas'] } } as const
  const begun = begunVerification.parse(await socket.json(sent))
  const told = await socket.stream(`${path}/${begun.id}/events`, new AbortController().signal)
  const text = Buffer.concat(await Array.fromAsync(told)).toString()

  expect(begun.state).toBe('running')
  expect(text).toMatch(/event: end\ndata: .*"what":"repository","outcome":"wrong"/)
  expect(await socket.json({ method: 'GET', path })).toMatchObject({
    items: [
      { destination: 'nas', what: 'ledger', last: { count: 0 } },
      { destination: 'nas', what: 'repository' },
    ],
  })
  expect(await openOnes(world)).toContainEqual(
    expect.objectContaining({ kind: 'verification-failed', subject: 'nas' }),
  )
  const [entry] = JSON.parse((await world.redoma.run(['audit', 'list', '--json'])).stdout) as unknown[]
  expect(entry).toMatchObject({ actor: 'eve', action: 'backup.verify', subject: 'nas' })
  expect(await daemon.stop()).toBe(0)
})

const begunVerification = z.object({ id: z.uuid(), state: z.string() })

test('what the daemon does beside the plans is in the time of the machine, and goes from instance to instance by the configuration', async () => {
  await using folder = await temporaryFolder()
  const redoma = redomaAt(join(folder.path, 'one'), undefined, '', { TZ: 'America/New_York' })
  const other = redomaAt(join(folder.path, 'other'))
  await redoma.run(['init'])
  await other.run(['init'])
  await redoma.run(['routine', 'set', 'heads', '--off'])

  const exported = (await redoma.run(['config', 'export'])).stdout
  expect(exported).toContain('timeZone: America/New_York')
  const steps = await other.run(['config', 'apply', '-', '--dry-run'], exported)
  expect(steps).toMatchObject({ code: 0, stdout: expect.stringContaining('~ routine heads') as string })
  expect((await other.run(['config', 'export'])).stdout).not.toBe(exported)
  expect(await other.run(['config', 'apply', '-', '--yes'], exported)).toMatchObject({ code: 0 })

  expect((await other.run(['config', 'export'])).stdout).toBe(exported)
  const twice = exported.replace('name: reminders', 'name: heads')
  expect(await other.run(['config', 'apply', '-', '--yes'], twice)).toMatchObject({ code: 2 })
  const silent = exported.slice(0, exported.indexOf('routines:'))
  expect((await other.run(['config', 'apply', '-'], silent)).stdout).toContain('Nothing is to be changed')
})

async function aPackOf({ nas }: ProtectedTree): Promise<string> {
  const data = join(nas, 'system', 'data')
  const names = await readdir(data, { recursive: true })
  const pack = names.find((name) => /[0-9a-f]{64}$/.test(name))
  if (pack === undefined) throw new Error('there is no pack')
  return join(data, pack)
}

async function openOnes({ home }: ProtectedTree) {
  const catalogue = await openCatalogue({ home, clock: { now: () => new Date() } })
  try {
    return await catalogue.incidents.open()
  } finally {
    await catalogue.close()
  }
}

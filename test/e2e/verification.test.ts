import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'

const program = new URL('../support/serve-at-speed.ts', import.meta.url).pathname

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
  const daemon = spawn(process.execPath, [program, String(Date.now()), '600'], {
    env: { PATH: process.env['PATH'], HOME: world.home, REDOMA_HOME: world.home, TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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

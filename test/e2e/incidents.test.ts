import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'

interface ListedIncident {
  readonly id: number
  readonly event: number
  readonly kind: string
  readonly subject: string
  readonly severity: string
  readonly closedAt?: string
}

test('what goes wrong in a run is an incident until a run goes well, and its notices wait for who is to be told', async () => {
  await using world = await aProtectedTree()
  const { redoma, nas, tree } = world
  await addChannel(world)
  expect(await world.backUp()).toMatchObject({ code: 0 })

  await rename(nas, `${nas}.away`)
  expect(await world.backUp()).toMatchObject({ code: 1 })
  const lost = { event: 201, kind: 'backup-failed', subject: 'nas', severity: 'error' }
  expect(await incidentsOf(world)).toContainEqual(expect.objectContaining(lost))
  const failed = (await incidentsOf(world)).find(({ kind }) => kind === 'backup-failed')
  const acknowledge = ['incident', 'acknowledge', String(failed?.id)]
  expect(await redoma.run([...acknowledge])).toMatchObject({ code: 2 })
  expect(await redoma.run([...acknowledge, '--reason', 'the disk is ordered'])).toMatchObject({ code: 0 })
  const known = await redoma.run(['incident', 'show', String(failed?.id)])
  expect(known.stdout).toContain('the disk is ordered (')
  expect((await redoma.run(['incident', 'list'])).stdout).toContain('(known)')
  await rename(`${nas}.away`, nas)

  expect(await world.backUp()).toMatchObject({ code: 0 })
  expect((await incidentsOf(world)).map(({ kind }) => kind)).not.toContain('backup-failed')
  const all = await incidentsOf(world, '--all')
  const over = all.find(({ kind }) => kind === 'backup-failed')
  expect(over).toMatchObject({ ...lost, closedAt: expect.any(String) as string })
  const shown = await redoma.run(['incident', 'show', String(over?.id)])
  expect(shown).toMatchObject({ code: 0 })
  expect(shown.stdout).toMatch(/^Not backed up to nas/)

  await rm(join(tree, 'small'))
  const phases = (await noticesOf(world)).filter(({ event }) => event === 'backup-failed')
  expect(phases.map(({ incident }) => incident?.phase)).toEqual(['opened', 'closed'])
})

test('of incidents nobody knows, and of words that do not fit, is said what is wrong', async () => {
  await using world = await aProtectedTree()
  const { redoma } = world

  expect(await redoma.run(['incident', 'show', '7'])).toMatchObject({ code: 1 })
  expect(await redoma.run(['incident', 'show', 'x'])).toMatchObject({ code: 2 })
  expect(await redoma.run(['incident', 'list', '--limit', '0'])).toMatchObject({ code: 2 })
})

async function incidentsOf({ redoma }: ProtectedTree, ...options: string[]): Promise<ListedIncident[]> {
  const { code, stdout } = await redoma.run(['incident', 'list', '--json', ...options])
  expect(code).toBe(0)
  return JSON.parse(stdout) as ListedIncident[]
}

async function addChannel(world: ProtectedTree): Promise<void> {
  const catalogue = await catalogueOf(world)
  await catalogue.notices.begin('mail')
  await catalogue.close()
}

async function noticesOf(world: ProtectedTree) {
  const catalogue = await catalogueOf(world)
  const notices = await catalogue.notices.pending('mail', 100)
  await catalogue.close()
  return notices
}

function catalogueOf({ home }: ProtectedTree) {
  return openCatalogue({ home, clock: { now: () => new Date() } })
}

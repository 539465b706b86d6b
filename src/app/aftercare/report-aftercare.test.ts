import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCredential, aGlassWorld, type GlassWorld, sourceOf } from '../../../test/support/glass.ts'
import { toldToNobody } from '../../../test/support/notifier.ts'
import { Secret } from '../../core/secret.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { attachmentOfBytes } from '../../ports/credential-json.ts'
import type { News } from '../../ports/notifier.ts'
import { noProgress } from '../../ports/progress.ts'
import type { SecretsSource } from '../../ports/source.ts'
import { makeRecordOpening, makeSettleExposures } from './record-opening.ts'
import { makeReportAftercare, type OpenedContents } from './report-aftercare.ts'

const signal = new AbortController().signal
const bare = { attachments: [], history: [], fields: [], notes: undefined, totp: undefined } as const

function plain(id: string, secret: string, more: Partial<CredentialRecord> = {}): CredentialRecord {
  return aCredential(id, { ...bare, secret: new Secret(secret), ...more })
}

/** A word for each credential of the bundle: `1 open secret`. */
async function aftercare(
  world: GlassWorld,
  opened: OpenedContents,
  sources: readonly SecretsSource[],
): Promise<string[]> {
  const { catalogue, home } = world
  const report = makeReportAftercare({
    catalogue,
    sources: async () => sources,
    runFolder: join(home, 'run'),
  })
  const [opening] = await catalogue.openings.list()
  const settled = opening === undefined ? [] : await catalogue.openings.settled(opening.id)
  await using made = await report(opened, settled, noProgress, signal)
  const lines = await Array.fromAsync(made.lines())
  return lines.map(({ id, state, unchanged }) => [id, state, ...unchanged].join(' ')).toSorted()
}

const known = (sequence: number): OpenedContents => ({ kind: 'known', bundle: { scope: '', sequence } })

describe('the aftercare', () => {
  test('ticks off what has new values, whichever bundle was opened', async () => {
    await using world = await aGlassWorld()
    const shelf = memoryDestination()
    const backUp = (records: readonly CredentialRecord[]) =>
      world.backUp(shelf, { sources: async () => [sourceOf(records)] })
    await backUp([plain('1', 'a'), plain('2', 'b'), plain('3', 'c')])
    await backUp([plain('1', 'a'), plain('2', 'new'), plain('4', 'd')])

    const now = [sourceOf([plain('1', 'a'), plain('2', 'new'), plain('4', 'newer'), plain('5', 'e')])]

    expect(await aftercare(world, known(1), now)).toEqual(['1 open secret', '2 changed', '3 removed'])
    expect(await aftercare(world, known(2), now)).toEqual(['1 open secret', '2 open secret', '4 changed'])
  })

  test('is done with a credential only when nothing that lets somebody in is as it was', async () => {
    await using world = await aGlassWorld()
    const before = aCredential('1', { history: [] })
    const note = plain('2', 'text', { kind: 'note' })
    const harmless = plain('3', '', { secret: undefined, notes: new Secret('ask Anna') })
    await world.backUp(memoryDestination(), { sources: async () => [sourceOf([before, note, harmless])] })
    const after = async (change: Partial<CredentialRecord>): Promise<string | undefined> =>
      (await aftercare(world, known(1), [sourceOf([{ ...before, ...change }])]))[0]
    const all = {
      secret: new Secret('new'),
      totp: new Secret('NEW'),
      fields: [{ name: 'enable', value: new Secret('new'), hidden: true }],
      attachments: [attachmentOfBytes('CON.txt', new Uint8Array(1))],
    }

    expect(await after(all)).toBe('1 changed')
    expect(await after({ ...all, totp: before.totp })).toBe('1 open totp')
    expect(await after({ ...all, fields: before.fields })).toBe('1 open hidden/enable')
    expect(
      await after({
        ...all,
        secret: undefined,
        fields: [{ name: 'x', value: before.secret ?? new Secret(''), hidden: true }],
      }),
    ).toBe('1 open secret')
    expect(await after({ notes: new Secret('other'), title: 'Another' })).toBe(
      '1 open secret totp hidden/enable attachment/CON.txt attachment/clé .. privée.pem',
    )
    expect(await aftercare(world, known(1), [sourceOf([before, note, harmless])])).toContain('3 harmless')
  })

  test('does not call removed what a source that cannot be read may have', async () => {
    await using world = await aGlassWorld()
    await world.backUp(memoryDestination(), { sources: async () => [sourceOf([plain('1', 'a')], 'vault')] })
    const broken: SecretsSource = {
      name: 'vault',
      async *records() {
        yield await Promise.reject(new Error('gone'))
      },
    }

    expect(await aftercare(world, known(1), [broken])).toEqual(['1 unknown'])
  })

  test('works from what a bundle itself has, where the catalogue does not know it', async () => {
    await using world = await aGlassWorld()
    const records = [plain('1', 'a'), plain('vault/1', 'b'), plain('vault/2', 'c')]
    const now = [sourceOf([plain('1', 'new')]), sourceOf([plain('1', 'b')], 'vault')]

    expect(await aftercare(world, { kind: 'read', records }, now)).toEqual([
      '1 changed',
      '1 open secret',
      'vault/2 removed',
    ])
  })

  test('says so when nobody knows what was in a bundle', async () => {
    await using world = await aGlassWorld()

    await expect(aftercare(world, known(7), [])).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('an opening', () => {
  test('is kept, audited and told, and what was settled in it stays so', async () => {
    await using world = await aGlassWorld()
    const { catalogue, clock } = world
    const records = [plain('1', 'a'), plain('2', 'b')]
    const gone = plain('3', 'c')
    await world.backUp(memoryDestination(), { sources: async () => [sourceOf([...records, gone])] })
    const told: News[] = []
    const notifier = { tell: async (news: News) => void told.push(news) }
    const deps = { catalogue, clock, actor: 'root' }
    const record = makeRecordOpening({ ...deps, notifier })

    const opening = await record({ bundle: '1', by: 'Ana, Rui', why: 'vault unreachable' })
    await makeSettleExposures(deps)(opening.id, [{ source: 'registry', id: '2' }], 'a licence')

    expect(await catalogue.openings.list()).toEqual([opening])
    expect(opening).toMatchObject({ scope: '', sequence: 1, openedBy: 'Ana, Rui', recordedBy: 'root' })
    expect(told).toEqual([{ kind: 'glass-opened', opening }])
    expect(await catalogue.audit.list(2)).toMatchObject([
      { action: 'glass.settle', subject: 'registry/2', detail: 'opening 1: a licence' },
      { action: 'glass.opened', subject: opening.object, detail: 'by Ana, Rui: vault unreachable' },
    ])
    expect(await aftercare(world, known(1), [sourceOf(records)])).toEqual([
      '1 open secret',
      '2 settled secret',
      '3 removed',
    ])
    // That it is in no vault closes no door: only who closed it can say so.
    await makeSettleExposures(deps)(opening.id, [{ source: 'registry', id: '3' }], 'the account is gone')
    expect(await aftercare(world, known(1), [sourceOf(records)])).toContain('3 settled')
  })

  test('is of a bundle that is known by its number or file; a file that is not known is taken down all the same', async () => {
    await using world = await aGlassWorld()
    const { catalogue, clock } = world
    const [part] = await world.backUp(memoryDestination())
    const notifier = toldToNobody
    const record = makeRecordOpening({ catalogue, clock, actor: 'root', notifier })
    const of = { by: 'Ana', why: 'drill gone wrong' }

    expect(await record({ bundle: `/mnt/stick/${part?.product?.slice(8) ?? ''}`, ...of })).toMatchObject({
      sequence: 1,
    })
    expect(await record({ bundle: '/mnt/stick/old-3.age', ...of })).toMatchObject({
      sequence: undefined,
      object: 'old-3.age',
    })
    await expect(record({ bundle: '9', ...of })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(record({ bundle: '1', by: ' ', why: 'x' })).rejects.toMatchObject({ code: 'USAGE' })
    const at = new Date(clock.now().getTime() + 1)
    await expect(record({ bundle: '1', ...of, at })).rejects.toMatchObject({ code: 'USAGE' })
  })
})

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCredential, aGlassWorld, type GlassWorld, sourceOf } from '../../../test/support/glass.ts'
import { alterCatalogue } from '../../../test/support/instance.ts'
import { Secret } from '../../core/secret.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { attachmentOfBytes } from '../../ports/credential-json.ts'
import { noProgress } from '../../ports/progress.ts'
import type { SecretsSource } from '../../ports/source.ts'
import { registrySource } from '../../sources/registry/registry-source.ts'
import { type CoverageReport, makeReportCoverage } from './report-coverage.ts'

const signal = new AbortController().signal

function reported(world: GlassWorld, sources: readonly SecretsSource[]): Promise<CoverageReport> {
  const { catalogue, clock, home } = world
  const report = makeReportCoverage({
    catalogue,
    clock,
    sources: async () => sources,
    runFolder: join(home, 'run'),
  })
  return report(undefined, noProgress, signal)
}

async function linesOf(report: CoverageReport): Promise<string[]> {
  const lines = await Array.fromAsync(report.lines())
  return lines.map(({ source, id, state, condition, last }) =>
    [
      source,
      id,
      state,
      condition,
      last === undefined ? '' : `${last.sequence}@${last.destinations.join()}`,
    ].join(' '),
  )
}

const bare = { attachments: [], history: [], fields: [], notes: undefined, totp: undefined } as const

function plain(
  id: string,
  secret: string | undefined,
  more: Partial<CredentialRecord> = {},
): CredentialRecord {
  return aCredential(id, { ...bare, secret: secret === undefined ? undefined : new Secret(secret), ...more })
}

describe('the coverage', () => {
  test('tells what is covered, changed since, removed since, and in no bundle', async () => {
    await using world = await aGlassWorld()
    const shelf = memoryDestination()
    const backUp = (records: readonly CredentialRecord[]) =>
      world.backUp(shelf, { sources: async () => [sourceOf(records)] })
    await backUp([plain('1', 'a'), plain('2', 'b'), plain('3', 'c')])
    await backUp([plain('1', 'a'), plain('2', 'new'), plain('4', 'd')])
    await backUp([plain('1', 'a'), plain('2', 'new'), plain('4', 'd')])

    const now = [plain('1', 'a'), plain('2', 'newer'), plain('5', 'e')]
    await using report = await reported(world, [sourceOf(now)])

    expect(await linesOf(report)).toEqual([
      'registry 1 covered healthy 3@shelf',
      'registry 2 changed healthy 3@shelf',
      'registry 5 never healthy ',
      'registry 3 removed unknown 1@shelf',
      'registry 4 removed unknown 3@shelf',
    ])
    expect(report.summary).toMatchObject({
      bundles: 3,
      states: { covered: 1, changed: 1, never: 1, removed: 2, unknown: 0 },
      conditions: { healthy: 3, unknown: 2, empty: 0, damaged: 0 },
    })
  })

  test('leaves no file behind, and gives its lines again', async () => {
    await using world = await aGlassWorld()
    await using report = await reported(world, [sourceOf([plain('1', 'a')])])

    expect(await readdir(join(world.home, 'run'))).toEqual([])
    expect(await linesOf(report)).toEqual(await linesOf(report))
  })

  test('sees any value that changed, and not what is no secret', async () => {
    await using world = await aGlassWorld()
    const shelf = memoryDestination()
    const before = aCredential('1')
    await world.backUp(shelf, { sources: async () => [sourceOf([before])] })
    const changes: readonly Partial<CredentialRecord>[] = [
      { secret: new Secret('other') },
      { totp: new Secret('OTHER') },
      { notes: undefined },
      { fields: [] },
      { fields: [{ name: 'enable', value: new Secret('other'), hidden: true }] },
      { attachments: before.attachments.slice(1) },
      { attachments: [attachmentOfBytes('CON.txt', new Uint8Array(1)), ...before.attachments.slice(0, 1)] },
    ]

    for (const change of changes) {
      await using report = await reported(world, [sourceOf([{ ...before, ...change }])])
      expect(report.summary.states).toMatchObject({ changed: 1, covered: 0 })
    }
    const renamed = { ...before, title: 'Another', user: 'root', history: [], changedAt: new Date() }
    await using same = await reported(world, [sourceOf([renamed])])
    expect(same.summary.states).toMatchObject({ covered: 1, changed: 0 })
  })

  test('tells what is empty, by what lets somebody in', async () => {
    await using world = await aGlassWorld()
    const records = [
      plain('1', undefined),
      plain('2', undefined, { notes: new Secret('ask Anna') }),
      plain('3', undefined, { kind: 'note', notes: new Secret('the text') }),
      plain('4', undefined, { totp: new Secret('JBSWY3DPEHPK3PXP') }),
      plain('5', undefined, { attachments: [attachmentOfBytes('id_rsa', Buffer.from('key'))] }),
    ]

    await using report = await reported(world, [sourceOf(records)])

    const lines = await Array.fromAsync(report.lines())
    expect(lines.map(({ condition }) => condition)).toEqual([
      'empty',
      'empty',
      'healthy',
      'healthy',
      'healthy',
    ])
  })

  test('names what is damaged, and the bundle that has it whole; the others come all the same', async () => {
    await using world = await aGlassWorld()
    const { credentials } = world.catalogue
    const attachments = [attachmentOfBytes('id_rsa', Buffer.from('a key'))]
    await credentials.put(plain('1', 'a'))
    await credentials.put(plain('2', 'b', { attachments }))
    await credentials.put(plain('3', 'c'))
    const registry = registrySource(credentials)
    await world.backUp(memoryDestination(), { sources: async () => [registry] })
    alterCatalogue(world.home, `update credential set sealed_secret = x'0100' where id = '1'`)
    alterCatalogue(world.home, `delete from attachment_chunk`)

    await using report = await reported(world, [registry])

    expect(await linesOf(report)).toEqual([
      'registry 1 unknown damaged 1@shelf',
      'registry 2 covered damaged 1@shelf',
      'registry 3 covered healthy 1@shelf',
    ])
    const [, second] = await Array.fromAsync(report.lines())
    expect(second?.damage).toContain('"id_rsa"')
  })

  test('does not take for removed what a source that breaks off has not given', async () => {
    await using world = await aGlassWorld()
    const vault = sourceOf([plain('1', 'a'), plain('2', 'b')], 'vault')
    await world.backUp(memoryDestination(), { sources: async () => [sourceOf([plain('1', 'x')]), vault] })
    const broken: SecretsSource = {
      name: 'vault',
      async *records() {
        yield plain('1', 'a')
        throw new Error('cut off')
      },
    }

    await using report = await reported(world, [sourceOf([plain('1', 'x')]), broken])

    expect(report.summary.unreadable).toEqual([{ source: 'vault', message: 'cut off' }])
    expect(await linesOf(report)).toEqual([
      'registry 1 covered healthy 1@shelf',
      'vault 1 unknown unknown 1@shelf',
      'vault 2 unknown unknown 1@shelf',
    ])
  })

  test('knows that a bundle which no destination has is of no use', async () => {
    await using world = await aGlassWorld()
    const refusing = memoryDestination()
    await world.backUp(refusing, { sources: async () => [sourceOf([plain('1', 'a')])] })
    await world.catalogue.destinations.remove('shelf')

    await using report = await reported(world, [sourceOf([plain('1', 'a')])])

    expect(await linesOf(report)).toEqual(['registry 1 never healthy '])
  })
})

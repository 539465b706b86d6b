import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { aCredential, aGlassWorld, type GlassWorld, sourceOf } from '../../../test/support/glass.ts'
import { Secret } from '../../core/secret.ts'
import { memoryDestination } from '../../destinations/memory.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { noProgress } from '../../ports/progress.ts'
import type { Scope } from '../../ports/scope.ts'
import { chooseScope } from '../scopes/choose-scope.ts'
import { makeReportCoverage } from './report-coverage.ts'

const signal = new AbortController().signal
const hour = 3_600_000

async function addScope({ catalogue, clock }: GlassWorld, name: string, more: Partial<Scope>): Promise<void> {
  const now = clock.now()
  const nothing = { folders: [], tags: [], owners: [], isExclusive: false, hasOwnKey: false }
  await catalogue.scopes.add({ name, ...nothing, createdAt: now, changedAt: now, ...more })
}

/** `ID STATE SCOPES last SCOPE NUMBER`, with a `?` behind a number in doubt. */
async function reported(
  world: GlassWorld,
  records: readonly CredentialRecord[],
  word?: string,
): Promise<string[]> {
  const { catalogue, clock, home } = world
  const sources = async () => [sourceOf(records)]
  const report = makeReportCoverage({ catalogue, clock, sources, runFolder: join(home, 'run') })
  await using made = await report(await chooseScope(catalogue, word), noProgress, signal)
  const lines = await Array.fromAsync(made.lines())
  return lines.map(({ id, state, scopes, last }) =>
    [
      id,
      state,
      `[${scopes.map((scope) => scope || 'whole').join(' ')}]`,
      ...(last === undefined ? [] : [`${last.scope || 'whole'} ${last.sequence}${'?'.repeat(last.doubts)}`]),
    ].join(' '),
  )
}

const switches = aCredential('1', { folder: 'net' })
const payroll = aCredential('2', { folder: 'hr' })
const changed = { ...switches, secret: new Secret('new') }

describe('the coverage of scopes', () => {
  test('names every scope whose bundle has the present value, and any of them is enough', async () => {
    await using world = await aGlassWorld()
    const shelf = memoryDestination()
    await addScope(world, 'network', { folders: ['net'] })
    await world.backUp(shelf, { sources: async () => [sourceOf([switches, payroll])] })

    expect(await reported(world, [switches, payroll])).toEqual([
      '1 covered [whole network] whole 1',
      '2 covered [whole] whole 1',
    ])

    await world.catalogue.scopes.remove('network')
    await world.backUp(shelf, { sources: async () => [sourceOf([changed, payroll])] })
    expect(await reported(world, [changed])).toContain('1 covered [whole] whole 2')
    // Back to what only the bundle of the removed scope has.
    expect(await reported(world, [switches])).toContain('1 covered [network] network 1')
    expect(await reported(world, [{ ...switches, secret: new Secret('newest') }])).toContain(
      '1 changed [] whole 2',
    )
  })

  test('tells of one scope what it takes in and what its own bundles have, and what has left it', async () => {
    await using world = await aGlassWorld()
    const shelf = memoryDestination()
    await addScope(world, 'network', { folders: ['net'] })
    await addScope(world, 'staff', { folders: ['hr'], isExclusive: true })
    await world.backUp(shelf, { sources: async () => [sourceOf([switches, payroll])] })
    const added = aCredential('3', { folder: 'net' })
    const now = [switches, payroll, added]

    expect(await reported(world, now, 'network')).toEqual(['1 covered [network] network 1', '3 never []'])
    expect(await reported(world, now, 'staff')).toEqual(['2 covered [staff] staff 1'])
    // What is left to an exclusive scope is not missed in the bundle of the whole vault.
    expect(await reported(world, now, 'whole')).toEqual(['1 covered [whole] whole 1', '3 never []'])
    const moved = { ...switches, folder: 'lab' }
    expect(await reported(world, [moved, payroll], 'network')).toEqual(['1 removed [] network 1'])
    await expect(reported(world, now, 'netwrk')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('says of a value that only a bundle in doubt has it, and forgets the doubt once a good one has it', async () => {
    await using world = await aGlassWorld()
    const shelf = memoryDestination()
    const backUp = (record: CredentialRecord) =>
      world.backUp(shelf, { sources: async () => [sourceOf([record])] })
    await backUp(switches)
    world.clock.advance(-hour)
    await backUp(changed)

    expect(await reported(world, [changed])).toEqual(['1 doubtful [whole] whole 2?'])
    // The good one before has this one still; the newest of all is named where neither has.
    expect(await reported(world, [switches])).toEqual(['1 covered [whole] whole 1'])

    world.clock.advance(2 * hour)
    await backUp(changed)
    expect(await reported(world, [changed])).toEqual(['1 covered [whole] whole 3'])
  })
})

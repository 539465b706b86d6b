import { describe, expect, test } from 'vitest'
import { handTurnedClock } from '../../../test/support/clock.ts'
import { aFile, makeHandmadeRepository } from '../../../test/support/handmade-repository.ts'
import { makeBrowseSystem } from '../browse-system.ts'
import { makeListSnapshots } from '../restore-system.ts'
import { type LookIntoSnapshots, makeLookIntoSnapshots } from './look-into-snapshots.ts'

const signal = new AbortController().signal

describe('a look into the snapshots of a destination', () => {
  test('goes on where it ended, with the next older snapshot when that one was forgotten', async () => {
    const { look, forget } = await aWorld()
    const search = { pattern: '*', limit: 1 }

    const first = await look.find('nas', search, signal)
    const same = await look.find('nas', { ...search, limit: 9, after: first.next }, signal)
    forget(first.entries[0]?.snapshot ?? '')
    const older = await look.find('nas', { ...search, limit: 9, after: first.next }, signal)

    const seen = ({ entries }: typeof first) => entries.map(({ path, snapshot }) => `${snapshot} ${path}`)
    const whole = await look.find('nas', { ...search, limit: 9 }, signal)
    expect([...seen(first), ...seen(same)]).toHaveLength(4)
    expect(new Set([...seen(first), ...seen(same)]).size).toBe(4)
    expect(seen(older)).toEqual(seen(whole))
    expect(seen(older)).toEqual(seen(same).slice(-2))
    expect([same.next, older.next]).toEqual([undefined, undefined])
  })

  test.each([
    '',
    'x',
    `1/${'a'.repeat(64)}/`,
    `1/${'a'.repeat(64)}/1.-1`,
    `1/${'a'.repeat(64)}/${'1.'.repeat(999)}1`,
  ])('goes on from no place like %.20s', async (after) => {
    const { look } = await aWorld()

    await expect(look.find('nas', { pattern: '*', limit: 1, after }, signal)).rejects.toMatchObject({
      code: 'USAGE',
    })
  })

  test('refuses a repository that is another one than is known', async () => {
    const { look } = await aWorld('f'.repeat(64))

    for (const looking of [look.list('nas', signal), look.find('nas', { pattern: '*', limit: 1 }, signal)])
      await expect(looking).rejects.toMatchObject({ code: 'REPOSITORY_EXCHANGED' })
  })
})

/** Two snapshots of one moment. */
async function aWorld(
  knownId?: string,
): Promise<{ readonly look: LookIntoSnapshots; readonly forget: (id: string) => void }> {
  const handmade = await makeHandmadeRepository()
  const { place, objects } = handmade
  for (const name of ['a', 'b'])
    await handmade.snapshot(handmade.tree([aFile(name, [], 0), aFile('shared', [], 0)]))
  await handmade.publish()
  const look = makeLookIntoSnapshots({
    clock: handTurnedClock(),
    listSnapshots: makeListSnapshots(place),
    browse: makeBrowseSystem(place),
    repositoryAt: async () => ({ ...place, knownId }),
  })
  const forget = (id: string): void => {
    for (const name of objects.keys()) if (name.endsWith(`snapshots/${id}`)) objects.delete(name)
  }
  return { look, forget }
}

import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../test/support/instance.ts'
import type { RestoreEnd, RestoreWhat } from '../ports/restore.ts'

/** A process that was there. */
const dead = spawnSync('/bin/true').pid

describe('a restore that is kept', () => {
  test.each<[string, RestoreEnd]>([
    ['what it came to', { kind: 'done-with-warnings', outcome: outcomeWith('x is lost') }],
    [
      'why it failed',
      { kind: 'failed', failure: { code: 'TARGET_FULL', message: 'no room', hint: 'Free some.' } },
    ],
    ['who stopped it', { kind: 'cancelled', by: 'user:boss' }],
  ])('says %s, and stands in the audit trail from its beginning', async (_, end) => {
    await using instance = await anInstance()
    const { restores, audit } = instance.catalogue

    const { id, state } = await ask(instance, process.pid)
    const [entry] = await audit.list(1)
    const at = instance.clock.now()
    await restores.begin(id, at)
    const running = await restores.get(id)
    await restores.finish(id, end, at)

    expect(state).toEqual({ kind: 'waiting' })
    expect(entry).toMatchObject({ actor: 'olga', action: 'snapshot.restore' })
    expect(running).toMatchObject({ what, startedAt: at, state: { kind: 'running' } })
    expect(await restores.get(id)).toEqual({ ...running, finishedAt: at, state: end })
  })

  test('is lost from the moment on that its process has died, and closed once', async () => {
    await using instance = await anInstance()
    const { restores } = instance.catalogue
    const [lost, alive] = [await ask(instance, dead), await ask(instance, process.pid)]
    await restores.begin(lost.id, instance.clock.now())

    expect((await restores.get(lost.id)).state).toEqual({ kind: 'lost' })
    expect([await restores.closeLost(), await restores.closeLost()]).toEqual([[lost.id], []])
    const { items, next } = await restores.page({ sort: 'id', direction: 'desc', limit: 1 })
    const rest = await restores.page({ sort: 'id', direction: 'desc', limit: 1, after: next })
    expect([...items, ...rest.items].map(({ id, state }) => [id, state.kind])).toEqual([
      [alive.id, 'waiting'],
      [lost.id, 'lost'],
    ])
  })

  test('that there is none is said', async () => {
    await using instance = await anInstance()
    const { restores } = instance.catalogue

    await expect(restores.get(7)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(restores.begin(7, instance.clock.now())).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

const what: RestoreWhat = {
  ...{ destination: 'nas', snapshot: 'a'.repeat(64), source: 'etc', hostname: 'pam-1', target: '/r/1' },
  ...{ path: '/etc', include: ['*.conf'], exclude: [], overwrite: 'never' },
  ...{ delete: false, dryRun: true, verify: true },
}

function outcomeWith(message: string) {
  return {
    ...{ files: 1, bytes: 2, unchanged: 3, left: 4, deleted: 5, fetchedBytes: 2 ** 40 },
    ...{ problemCount: 1, problems: [{ path: '/x', message }] },
    ...{ entryCount: 1, entries: [{ path: '/y', action: 'write' as const, bytes: 7 }] },
  }
}

function ask({ catalogue, clock }: TestInstance, processId: number) {
  const at = clock.now()
  const audited = { at, actor: 'olga', action: 'snapshot.restore', subject: what.target, detail: '' }
  return catalogue.restores.add({ what, askedBy: 'olga', askedAt: at }, processId, audited)
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { onPostgresql } from '../../test/support/databases/catalogue-database.ts'
import { alterCatalogue, anInstance } from '../../test/support/instance.ts'

const lease = { destinationId: 'nas', purpose: 'backup', processId: process.pid }

describe('a lease', () => {
  test('is of one process at a time, and free when it was released', async () => {
    await using instance = await anInstance()
    const { leases } = instance.catalogue
    const takenAt = instance.clock.now()

    expect((await leases.take({ ...lease, takenAt })).former).toBeUndefined()
    await expect(leases.take({ ...lease, purpose: 'prune', takenAt })).rejects.toMatchObject({
      code: 'RUN_UNDER_WAY',
    })
    expect((await leases.take({ ...lease, destinationId: 'other', takenAt })).former).toBeUndefined()
    await leases.release(lease)
    expect((await leases.take({ ...lease, takenAt })).former).toBeUndefined()
  })

  test('of a process that died is taken over, and of whom is told', async () => {
    await using instance = await anInstance()
    const { leases } = instance.catalogue
    const takenAt = instance.clock.now()
    const child = spawn('sleep', ['60'])
    const dead = { ...lease, purpose: 'prune', processId: child.pid ?? 0 }
    await leases.take({ ...dead, takenAt })
    child.kill('SIGKILL')
    await once(child, 'exit')

    expect((await leases.take({ ...lease, takenAt })).former).toEqual({ ...dead, takenAt })
  })

  test.skipIf(onPostgresql)(
    'that could not be given back, as the disk was full, keeps its own process out no longer',
    async () => {
      await using instance = await anInstance()
      const { leases } = instance.catalogue
      const takenAt = instance.clock.now()
      await leases.take({ ...lease, takenAt })
      const full = `create trigger full before delete on lease begin select raise(abort, 'the disk is full'); end`
      alterCatalogue(instance.home, full)
      await expect(leases.release(lease)).rejects.toThrow('the disk is full')
      alterCatalogue(instance.home, 'drop trigger full')

      expect(await leases.take({ ...lease, takenAt })).toMatchObject({ former: undefined })
      await expect(leases.take({ ...lease, takenAt })).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' })
    },
  )

  test('of a process number that another has now is taken over', async () => {
    await using instance = await anInstance()
    const { leases } = instance.catalogue
    const takenAt = instance.clock.now()
    await leases.take({ ...lease, takenAt })
    alterCatalogue(instance.home, "update lease set process_identity = 'another boot/1'")

    expect(await leases.take({ ...lease, takenAt })).toMatchObject({ former: { purpose: 'backup' } })
  })
})

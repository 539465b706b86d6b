import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../test/support/instance.ts'

const hourMs = 3_600_000
/** A process that was there. */
const dead = spawnSync('/bin/true').pid

describe('a hook that is owed', () => {
  test('is left alone while the process of its run lives, and on other machines than its own', async () => {
    await using instance = await anInstance()
    await owe(instance, 1, process.pid)
    await owe(instance, 2, dead, 'elsewhere')

    expect(await take(instance)).toBeUndefined()
  })

  test('is taken by one, and no other takes it while that one lives', async () => {
    await using instance = await anInstance()
    await owe(instance, 1, dead)

    expect(await take(instance)).toMatchObject({ run: 1, plan: 'daily', tries: 1 })
    expect(await take(instance)).toBeUndefined()
  })

  test('is taken at once from one who died with it, and was not over with it', async () => {
    await using instance = await anInstance()
    await owe(instance, 1, dead)

    expect(await take(instance, dead)).toMatchObject({ run: 1, tries: 1 })
    expect(await take(instance)).toMatchObject({ run: 1, tries: 2 })
  })

  test('that failed is tried an hour later, three times in all', async () => {
    await using instance = await anInstance()
    const { catalogue, clock } = instance
    await owe(instance, 1, dead)

    for (const tries of [1, 2, 3]) {
      expect(await take(instance)).toMatchObject({ tries })
      await catalogue.owedHooks.giveBack(1, clock.now())
      clock.advance(hourMs - 1)
      expect(await take(instance)).toBeUndefined()
      clock.advance(1)
    }

    expect(await take(instance)).toBeUndefined()
  })

  test('that was not run at all has not been tried', async () => {
    await using instance = await anInstance()
    await owe(instance, 1, dead)
    await take(instance)

    await instance.catalogue.owedHooks.giveBack(1, undefined)

    expect(await take(instance)).toMatchObject({ tries: 1 })
  })

  test('is settled with those of the runs before it, on its machine, where it succeeded', async () => {
    await using instance = await anInstance()
    const { owedHooks } = instance.catalogue
    await owe(instance, 1, dead)
    await owe(instance, 2, dead, 'elsewhere')
    await owe(instance, 3, dead)
    await owe(instance, 4, dead)

    await owedHooks.settle(3, true)
    await owedHooks.settle(4, false)

    expect(await take(instance)).toBeUndefined()
    expect(await owedHooks.take('elsewhere', process.pid, instance.clock.now())).toMatchObject({ run: 2 })
  })
})

function take({ catalogue, clock }: TestInstance, processId = process.pid) {
  return catalogue.owedHooks.take('here', processId, clock.now())
}

async function owe({ catalogue }: TestInstance, run: number, processId: number, machine = 'here') {
  const hook = { argv: ['/bin/true'], limitSeconds: 5 }
  const planId = '4fe45834-3f6f-4ce6-a0a5-dd4a5d8f6a0f'
  await catalogue.owedHooks.owe({ run, planId, plan: 'daily', hook, machine }, processId)
}

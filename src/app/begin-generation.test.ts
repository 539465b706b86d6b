import { expect, test } from 'vitest'
import { alterCatalogue, anInstance } from '../../test/support/instance.ts'
import { toldToNobody } from '../../test/support/notifier.ts'
import { agreedBefore } from './approvals/require-second-person.ts'
import { beginGeneration } from './begin-generation.ts'

test('a recovery key that the audit trail cannot take comes into no use', async () => {
  await using instance = await anInstance()
  const { catalogue, clock, home } = instance
  const notifier = toldToNobody
  const generation = {
    number: 1,
    profile: 'classic',
    recipient: 'age1none',
    fingerprint: 'f'.repeat(64),
    heldAt: clock.now(),
    passwordFile: new Uint8Array(),
  } as const
  alterCatalogue(
    home,
    "create trigger full before insert on audit_entry begin select raise(abort, 'the disk is full'); end",
  )

  const beginning = beginGeneration(
    { catalogue, clock, actor: 'ada', notifier, requireSecondPerson: agreedBefore },
    generation,
    'glass.adopt',
    new AbortController().signal,
  )

  await expect(beginning).rejects.toThrow('the disk is full')
  expect(await catalogue.generations.list()).toEqual([])
})

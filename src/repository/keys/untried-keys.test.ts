import { expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { portablePrimitives } from '../../crypto/portable.ts'
import { parseObjectId } from '../ids.ts'
import { openFirstKey } from './open-key.ts'

test.each([
  [20, 'the password opens none of the keys of the repository'],
  [23, 'the password opens none of the keys of the repository: 20 of 23 keys were tried'],
])('of %i keys it is told how many were tried, where it was not all', async (count, message) => {
  const opening = openFirstKey(keyFiles(count), new Secret('x'), portablePrimitives())

  await expect(opening).rejects.toMatchObject({ code: 'KEY_WRONG', message })
})

async function* keyFiles(count: number) {
  await Promise.resolve()
  for (let n = 0; n < count; n++)
    yield { id: parseObjectId(n.toString(16).padStart(64, '0')), bytes: new Uint8Array([n]) }
}

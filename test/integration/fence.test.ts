import { expect, test } from 'vitest'
import { memoryDestination } from '../../src/destinations/memory.ts'
import { readsInto } from '../../src/ports/destination.ts'
import { makeFence } from '../../src/repository/locks/fence.ts'

test('a guarded destination reads into memory where the one behind it does, and only there', () => {
  const plain = memoryDestination()
  const powerful = { ...plain, readInto: () => Promise.resolve() }

  expect(readsInto(makeFence().guard(plain, ''))).toBe(false)
  expect(readsInto(makeFence().guard(powerful, ''))).toBe(true)
})

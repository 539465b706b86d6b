import { expect, test } from 'vitest'
import { makeBell } from './bell.ts'

const { signal } = new AbortController()
const hour = 3_600_000

test('wakes who waits, and who comes next when nobody did', async () => {
  const bell = makeBell()
  const waiting = bell.wait(hour, signal)

  bell.ring()
  await waiting
  bell.ring()
  bell.ring()
  await bell.wait(hour, signal)

  let isAwake = false
  const again = bell.wait(hour, signal).then(() => {
    isAwake = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(isAwake).toBe(false)
  bell.ring()
  await again
})

test('wakes by itself when the time is over', async () => {
  await makeBell().wait(1, signal)
})

test('is left when the signal says so', async () => {
  const stop = new AbortController()
  const waiting = makeBell().wait(hour, stop.signal)

  stop.abort(new Error('enough'))

  await expect(waiting).rejects.toThrow('enough')
  await expect(makeBell().wait(hour, stop.signal)).rejects.toThrow('enough')
})

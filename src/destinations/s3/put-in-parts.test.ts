import { describe, expect, test } from 'vitest'
import { partBytes } from './put-in-parts.ts'

const [MiB, GiB] = [1024 ** 2, 1024 ** 3]
const inAll = (size: number | undefined): number => {
  const each = partBytes(size)
  return Array.from({ length: 10_000 }, (_, number) => each(number)).reduce((sum, bytes) => sum + bytes, 0)
}

describe('the parts of an upload', () => {
  test('are as long as ten thousand of them must be, and all of one length, where the size is known', () => {
    expect(partBytes(33 * MiB)(0)).toBe(16 * MiB)
    for (const size of [200 * GiB, 1024 * GiB, 5 * 1024 * GiB]) {
      expect(inAll(size)).toBeGreaterThanOrEqual(size)
      expect(partBytes(size)(0)).toBe(partBytes(size)(9999))
      expect(partBytes(size)(0)).toBeLessThan(5 * GiB)
    }
  })

  test('grow where it is not known, for a tebibyte in all', () => {
    const each = partBytes(undefined)
    expect([0, 4999, 5000, 9999].map((number) => each(number) / MiB)).toEqual([16, 16, 32, 512])
    expect(inAll(undefined)).toBeGreaterThan(1024 * GiB)
  })
})

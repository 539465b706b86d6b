import { expect, test } from 'vitest'
import type { RecordingCopy } from '../ports/catalogue.ts'
import { copyFolder, copyId, originalId, planCopy } from './plan-copy.ts'

const copyOf = (recordingId: string, fingerprint: string): RecordingCopy => ({
  destinationId: 'd',
  source: 's',
  recordingId,
  folder: `recordings/${recordingId}`,
  fingerprint,
  sealedAt: new Date(0),
  sha256: '',
  bytes: 0,
  generation: 1,
  summary: {},
})
const there = (): boolean => true

test('a recording without a copy is sealed as the first', () => {
  expect(planCopy([], 'now', there)).toEqual({ kind: 'seal', number: 1 })
})

test('one with a copy of what it is now is left alone, whatever it was between', () => {
  expect(planCopy([copyOf('a', 'now'), copyOf('a-2', 'then')], 'now', there)).toEqual({ kind: 'sealed' })
})

test('one that changed is sealed under the next number, counted as numbers', () => {
  const copies = [copyOf('a-9', 'then'), copyOf('a-10', 'later'), copyOf('a', 'first')]

  expect(planCopy(copies, 'now', there)).toEqual({ kind: 'seal-changed', number: 11, former: copies[1] })
})

test('a copy that is gone is sealed again, and its number is not used twice', () => {
  const copies = [copyOf('a', 'now'), copyOf('a-2', 'then')]

  expect(planCopy(copies, 'now', () => false)).toEqual({ kind: 'seal-lost', number: 3, lost: copies[0] })
})

test('ids and folders are plain names', () => {
  expect([copyId('a', 1), copyId('a', 2), originalId('a-2'), originalId('a')]).toEqual(['a', 'a-2', 'a', 'a'])
  expect(copyFolder(new Date('2026-01-02T23:59:59.999Z'), 'a')).toBe('recordings/2026/01/02/a')
})

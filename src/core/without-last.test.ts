import { expect, test } from 'vitest'
import { withoutLast, withoutOuter } from './without-last.ts'

test('what stands at the end goes, and at the beginning, and nothing in between', () => {
  expect(['a//', '//a/b//', '', '///'].map((text) => withoutLast(text, '/'))).toEqual(['a', '//a/b', '', ''])
  expect(['a//', '//a/b//', '', '///'].map((text) => withoutOuter(text, '/'))).toEqual(['a', 'a/b', '', ''])
})

test('a text that a pattern would take hours for takes no longer than its length', () => {
  const long = `${'/'.repeat(2 ** 24)}x`

  expect(withoutLast(long, '/')).toHaveLength(long.length)
  expect(withoutOuter(long, '/')).toBe('x')
})

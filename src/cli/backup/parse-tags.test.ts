import { expect, test } from 'vitest'
import { parseTags } from './parse-tags.ts'

test('tags come alone, or with a comma between, each once', () => {
  expect(parseTags(['before-upgrade', 'a, b', 'a'])).toEqual(['before-upgrade', 'a', 'b'])
})

test.each([['redoma'], ['source:etc'], ['a,,b'], ['']])('%j is refused', (text) => {
  expect(() => parseTags([text])).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

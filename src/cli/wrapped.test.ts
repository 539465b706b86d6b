import { expect, test } from 'vitest'
import { makeStyle } from './style.ts'
import { wrapped } from './wrapped.ts'

test('prose breaks at blanks to the width of the terminal, whatever its colours, and not at all without one', () => {
  const { bold } = makeStyle(true)

  expect(wrapped('hyphens between them', 12)).toEqual(['hyphens', 'between them'])
  expect(wrapped(`${bold('hyphens')} between`, 15)).toEqual([`${bold('hyphens')} between`])
  expect(wrapped('a considerably long one', 5)).toEqual(['a', 'considerably', 'long', 'one'])
  expect(wrapped('hyphens between them', undefined)).toEqual(['hyphens between them'])
})

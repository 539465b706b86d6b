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

test('wide letters take two columns and accents none', () => {
  expect(wrapped('更新 更新', 8)).toEqual(['更新', '更新'])
  expect(wrapped('nai\u0308ve nai\u0308ve', 11)).toEqual(['nai\u0308ve nai\u0308ve'])
})

test('what follows a mark begins below the words, and a mark never stands alone', () => {
  expect(wrapped('✗ nas: not mounted', 12)).toEqual(['✗ nas: not', '  mounted'])
  expect(wrapped('  try: mount it first', 16)).toEqual(['  try: mount it', '       first'])
  expect(wrapped('warning: extraordinarily', 12)).toEqual(['warning: extraordinarily'])
})

test('a line with a command stays whole, to be copied', () => {
  const line = 'Look at it first: redoma backup verify --read-data'

  expect(wrapped(line, 20)).toEqual([line])
})

test('the blank after a question stays, so that the answer does not touch it', () => {
  expect(wrapped('Give it to Ana Lima? [y/N] ', 20).join('\n')).toBe('Give it to Ana Lima?\n[y/N] ')
})

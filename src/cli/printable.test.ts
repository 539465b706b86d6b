import { expect, test } from 'vitest'
import { printableJson } from './printable.ts'

test('JSON on a terminal steers it as little as text does, and says the same to a program', () => {
  const value = { title: 'a\u009b2J\u202egpj.exe\u2028\ufeff', lines: ['é\n"\\', 'p;ä🔑'] }

  const text = printableJson(value)

  expect(JSON.parse(text)).toEqual(value)
  expect(text).not.toMatch(/[\u007f-\u009f\u2028-\u202e\ufeff]/)
  expect(text).toContain('p;ä🔑')
  expect(text.split('\n')).toHaveLength(7)
})

import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fit, widthOf } from './fit.ts'
import { fingerprintLines } from './glass/fingerprint-lines.ts'
import { makeStyle } from './style.ts'
import { type Column, facts, table } from './table.ts'

const narrow = makeStyle(false, () => 30)
const columns: readonly Column[] = [
  { title: 'ID', cut: 'nothing' },
  { title: 'TITLE' },
  { title: 'NAME', cut: 'middle' },
  { title: 'SIZE', align: 'right' },
]
const rows = [['1f3a', 'database of the whole bank', 'pam-20261128T044254Z-1.age', '12 KiB']]

describe('a table', () => {
  test('fits the terminal: the widest cells give way, ids and figures do not', () => {
    const lines = table(
      columns,
      rows,
      makeStyle(false, () => 36),
    )

    expect(lines).toEqual(['ID    TITLE       NAME          SIZE', '1f3a  database …  pam…-1.age  12 KiB'])
  })

  test('has all of every cell where no person reads it', () => {
    const [, line] = table(columns, rows, makeStyle(false))

    expect(line).toBe(`1f3a  ${rows[0]?.[1]}  ${rows[0]?.[2]}  12 KiB`)
  })

  test('is left alone where the terminal is wide enough', () => {
    const wide = makeStyle(false, () => 200)

    expect(table(columns, rows, wide)).toEqual(table(columns, rows, makeStyle(false)))
  })
})

describe('a cell', () => {
  test('keeps its colour, and no letter is cut in two', () => {
    const { red } = makeStyle(true)

    expect(fit(red('damaged for ever'), 8)).toBe(red('damaged…'))
    expect(fit('更新更新', 6)).toBe('更新…')
    expect(fit('nai\u0308ve man', 4)).toBe('nai\u0308…')
  })

  test('never takes more than it may', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('end', 'middle'),
        (text, room, cut) => {
          const plain = stripVTControlCharacters(text)
          expect(widthOf(fit(plain, room, cut))).toBeLessThanOrEqual(room)
        },
      ),
    )
  })
})

test('facts break at blanks below their values, on a terminal alone', () => {
  const pairs = [
    ['opened by', 'the master password, or any 3 of 5 shares'],
    ['two', 'a\nb'],
  ] as const

  expect(facts(pairs, narrow)).toEqual([
    'opened by  the master',
    '           password, or any 3',
    '           of 5 shares',
    'two        a',
    '           b',
  ])
  expect(facts(pairs, makeStyle(false))[1]).toBe('two        a b')
})

test('a fingerprint stands as on the card on a terminal: two lines of 32 digits', () => {
  const digits = '0123456789abcdef'.repeat(4)
  const groups = '0123 4567 89ab cdef 0123 4567 89ab cdef'

  expect(fingerprintLines('key', digits, narrow)).toEqual([`key ${groups}`, `    ${groups}`])
  expect(fingerprintLines('key', digits, makeStyle(false))).toEqual([`key ${groups} ${groups}`])
})

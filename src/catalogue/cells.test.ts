import { describe, expect, test } from 'vitest'
import { RedomaError } from '../core/errors.ts'
import {
  bytesIn,
  bytesOrNone,
  countIn,
  countOrNone,
  flagIn,
  oneOf,
  type Row,
  textIn,
  textOrNone,
  textsIn,
  timeIn,
  timeOrNone,
} from './cells.ts'

const kindIn = (row: Row, name: string) => oneOf(row, name, ['password', 'note'])

describe('a column of a row', () => {
  test.each([
    [textIn, '', ''],
    [textOrNone, null, undefined],
    [textOrNone, 'a', 'a'],
    [bytesIn, Buffer.of(1), Buffer.of(1)],
    [bytesOrNone, null, undefined],
    [countIn, 0, 0],
    [countOrNone, null, undefined],
    [countOrNone, 22, 22],
    [flagIn, 1, true],
    [flagIn, 0, false],
    [kindIn, 'note', 'note'],
    [textsIn, '[]', []],
    [textsIn, '["a","b"]', ['a', 'b']],
    [timeIn, '2028-02-29T23:59:59.999Z', new Date('2028-02-29T23:59:59.999Z')],
    [timeOrNone, null, undefined],
  ])('by %o is read from %o', (read, value, expected) => {
    expect(read({ column: value }, 'column')).toEqual(expected)
  })

  test.each([
    [textIn, null],
    [textIn, 1],
    [textIn, undefined],
    [textOrNone, Buffer.of(1)],
    [textOrNone, undefined],
    [bytesIn, null],
    [bytesIn, 'hunter2'],
    [bytesOrNone, 'hunter2'],
    [countIn, -1],
    [countIn, 1.5],
    [countIn, 2 ** 53],
    [countIn, '1'],
    [countIn, null],
    [flagIn, 2],
    [kindIn, 'hunter2'],
    [textsIn, 'hunter2'],
    [textsIn, '{"0":"hunter2"}'],
    [textsIn, '["a",1]'],
    [timeIn, 'hunter2'],
    [timeIn, '2026-02-31T00:00:00.000Z'],
    [timeIn, '2026-13-01T00:00:00.000Z'],
    [timeIn, '2026-01-01T00:00:00.000'],
    [timeIn, '2026-01-01T00:00:00.000+01:00'],
    [timeOrNone, 0],
  ])('by %o refuses %o, and does not repeat it', (read, value) => {
    const reading = () => read({ column: value }, 'column')

    expect(reading).toThrow(RedomaError)
    expect(reading).toThrow(expect.objectContaining({ code: 'CATALOGUE_DAMAGED' }))
    expect(reading).toThrow(/: column: is not /)
    expect(reading).not.toThrow(/hunter2/)
  })
})

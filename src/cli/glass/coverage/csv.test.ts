import { expect, test } from 'vitest'
import { csvRow } from './csv.ts'

test.each(['=cmd', '+1', '-1', '@sum', '\t=cmd', '\r=cmd', '\n=cmd', '＝cmd', '＋1', '－1', '＠sum'])(
  'a title that a spreadsheet could take for a formula gets an apostrophe: %j',
  (title) => {
    expect(csvRow([title])).toBe(`"'${title}"\r\n`)
  },
)

test('all else stays as it is, and quotes are doubled', () => {
  expect(csvRow(['a "b", c', 7, undefined])).toBe('"a ""b"", c","7",""\r\n')
})

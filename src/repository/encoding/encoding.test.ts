import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goJsonBytes, goJsonString } from './go-json.ts'
import { goQuote, goUnquote } from './go-quote.ts'
import { parseJson } from './parse-json.ts'
import { isPrintable } from './printable.ts'
import { dateOfNs, formatTime, nsOfDate, parseTime } from './rfc3339.ts'
import { visitRunes } from './runes.ts'

const damaged: unknown = expect.objectContaining({ code: 'DATA_DAMAGED' })

describe('quoting', () => {
  test.each<[string, readonly number[] | string, string]>([
    ['quote and backslash', 'a"b\\c', String.raw`"a\\\"b\\\\c"`],
    ['what HTML minds', '<a&b>', String.raw`"\u003ca\u0026b\u003e"`],
    ['bytes that are not UTF-8', [0x61, 0xff, 0xed, 0xa0, 0x80], String.raw`"a\\xff\\xed\\xa0\\x80"`],
    ['what is not printed', '\u00a0\u200b\u2028', String.raw`"\\u00a0\\u200b\\u2028"`],
    ['what is past 16 bits', '\u{e0001}\u{1f600}', '"\\\\U000e0001\u{1f600}"'],
    ['the replacement character itself', '\ufffd', '"\ufffd"'],
    ['overlong and cut sequences', [0xc0, 0xaf, 0xe2, 0x82], String.raw`"\\xc0\\xaf\\xe2\\x82"`],
    ['control characters', '\0\x07\b\t\n\v\f\r\x1b\x7f', String.raw`"\\x00\\a\\b\\t\\n\\v\\f\\r\\x1b\\x7f"`],
  ])('writes %s as Go does', (_what, name, json) => {
    expect(goJsonString(goQuote(Buffer.from(name as string)))).toBe(json)
  })

  test('comes back as it was, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (name) => {
          expect(Buffer.from(goUnquote(goQuote(name)))).toEqual(Buffer.from(name))
        },
      ),
    )
  })

  test.each([
    [String.raw`\101\x41\u0041\U00000041`, 'AAAA'],
    ['plain é', 'plain é'],
    ['', ''],
  ])('reads %s as Go does', (quoted, text) => {
    expect(Buffer.from(goUnquote(quoted)).toString()).toBe(text)
  })

  test.each([
    '"',
    'a"b',
    '\n',
    '\\',
    String.raw`\q`,
    String.raw`\'`,
    String.raw`\x1`,
    String.raw`\400`,
    String.raw`\ud800`,
    String.raw`\U00110000`,
    String.raw`\u12`,
    String.raw`\8`,
    '\\\n',
    String.raw`\\"`,
  ])('refuses %j, as Go does', (quoted) => {
    expect(() => goUnquote(quoted)).toThrow(damaged)
  })
})

describe('JSON', () => {
  test('has for each invalid byte a replacement character, escaped', () => {
    expect(goJsonBytes(Buffer.from([0x41, 0xff, 0xe2, 0x82, 0x0a]))).toBe(String.raw`"A\ufffd\ufffd\ufffd\n"`)
    expect(goJsonBytes(Buffer.from('\ufffd'))).toBe('"\ufffd"')
  })

  test('comes back as it was, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(goJsonString(text))).toBe(text)
        expect(goJsonBytes(Buffer.from(text))).toBe(goJsonString(text))
      }),
    )
  })

  test('keeps integers that a number cannot hold', () => {
    const json = '{"a":18446744073709551615,"b":[9007199254740993],"c":1,"d":"1234567890123456789"}'

    expect(parseJson(Buffer.from(json))).toEqual({
      a: 18_446_744_073_709_551_615n,
      b: [9_007_199_254_740_993n],
      c: 1,
      d: '1234567890123456789',
    })
  })

  test.each([[''], ['{'], ['[1,]'], ['{"a":0x1}']])('refuses %j', (json) => {
    expect(() => parseJson(Buffer.from(json))).toThrow(damaged)
  })

  test('refuses bytes that are not UTF-8, and a nesting that has no end', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(damaged)
    expect(() => parseJson(Buffer.from('['.repeat(5_000_000)))).toThrow(damaged)
    expect(() => parseJson(Buffer.from(`1${'0'.repeat(2_000_000)}`))).not.toThrow()
  })
})

describe('the printable table', () => {
  test('is Unicode 15.0, as Go has it', () => {
    const printable = Array.from({ length: 0x11_0000 }, (_, rune) => rune).filter(
      (rune) => rune > 0x7e && isPrintable(rune),
    )

    // All letters, marks, numbers, punctuation and symbols of Unicode 15.0, without the 94 of ASCII.
    expect(printable).toHaveLength(148_997 - 94)
  })

  test('prints nothing that this runtime, which knows a later Unicode, does not', () => {
    const later = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u
    for (let rune = 0x7f; rune < 0x11_0000; rune++) {
      if (isPrintable(rune) && !later.test(String.fromCodePoint(rune))) expect.unreachable(rune.toString(16))
    }
  })
})

describe('runes', () => {
  test('are those of a strict decoder wherever the bytes are UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(text)
        const runes: number[] = []
        visitRunes(bytes, (rune) => runes.push(rune))
        expect(runes).toEqual(Array.from(bytes.toString(), (character) => character.codePointAt(0)))
      }),
    )
  })
})

describe('times', () => {
  test.each([
    [1_732_305_621_785_372_010n, '2024-11-22T20:00:21.78537201Z'],
    [-500_000_000n, '1969-12-31T23:59:59.5Z'],
    [0n, '1970-01-01T00:00:00Z'],
    [1n, '1970-01-01T00:00:00.000000001Z'],
    [951_782_400_000_000_000n, '2000-02-29T00:00:00Z'],
  ])('%s is %s', (ns, text) => {
    expect(formatTime(ns)).toBe(text)
    expect(parseTime(text)).toBe(ns)
  })

  test('are read in any zone', () => {
    expect(parseTime('2024-11-22T21:00:21.5+01:00')).toBe(parseTime('2024-11-22T20:00:21.5Z'))
  })

  test('come back as they were, to the nanosecond', () => {
    const year1 = -62_135_596_800_000_000_000n
    const year9999 = 253_402_300_799_999_999_999n
    fc.assert(
      fc.property(fc.bigInt({ min: year1, max: year9999 }), (ns) => {
        expect(parseTime(formatTime(ns))).toBe(ns)
      }),
    )
  })

  test.each([2n ** 80n, -(2n ** 80n), 253_402_300_800_000_000_000n])(
    '%s, which has no notation, gets the nearest year',
    (ns) => {
      expect(formatTime(ns)).toMatch(/^(0000|9999)-\d\d-\d\dT/)
    },
  )

  test.each([
    undefined,
    7,
    '',
    '2024-11-22',
    '2024-11-22T20:00:21',
    '2024-02-30T25:00:00Z',
    '24-11-22T20:00:21Z',
  ])('%j is refused', (text) => {
    expect(() => parseTime(text)).toThrow(damaged)
  })

  test('are dates, to the millisecond', () => {
    const date = new Date('2026-03-01T05:00:00.123Z')
    expect(dateOfNs(nsOfDate(date))).toEqual(date)
  })
})

import { inspect } from 'node:util'
import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { faultOf } from '../../../test/support/share-fault.ts'
import { isRedomaError } from '../../core/errors.ts'
import { combineShares } from './combine-shares.ts'
import { missingShares } from './missing-shares.ts'
import { slips } from './near-words.ts'
import { parseShare, type Share } from './parse-share.ts'
import { type SharingScheme, splitSecret } from './split-secret.ts'
import { words } from './wordlist.ts'

const secret = Uint8Array.from({ length: 16 }, (_, at) => at * 17)

function makeShares(scheme: SharingScheme, of = secret): readonly (readonly string[])[] {
  return splitSecret(of, scheme).map((group) => group.map((share) => share.reveal()))
}

function threeShares(): readonly string[] {
  return makeShares({ groupThreshold: 1, groups: [{ threshold: 2, count: 3 }] }).flat()
}

const parsed = (shares: readonly string[]): readonly Share[] => shares.map(parseShare)

test('no two words are one slip apart, and four letters tell them apart', () => {
  const close = words.flatMap((word, at) =>
    words.slice(at + 1).filter((other) => Math.abs(word.length - other.length) < 2 && slips(word, other) < 2),
  )

  expect(close).toEqual([])
  expect(new Set(words.map((word) => word.slice(0, 4))).size).toBe(1024)
})

const anyScheme = fc
  .array(
    fc.tuple(fc.integer({ min: 1, max: 16 }), fc.nat(15)).map(([count, at]) => {
      return count === 1 ? { threshold: 1, count } : { threshold: 2 + (at % (count - 1)), count }
    }),
    { minLength: 1, maxLength: 16 },
  )
  .chain((groups) =>
    fc.integer({ min: 1, max: groups.length }).map((groupThreshold) => ({ groupThreshold, groups })),
  )
const anySecret = fc.constantFrom(16, 32).chain((length) => {
  return fc.uint8Array({ minLength: length, maxLength: length })
})

describe('shares by any scheme', () => {
  property.prop([anySecret, anyScheme, fc.infiniteStream(fc.nat())], { numRuns: 25 })(
    'give the secret back, whichever of them come together and in whatever order',
    (anyBytes, scheme, chance) => {
      const shuffled = <T>(items: readonly T[]): T[] =>
        items
          .map((item) => ({ item, at: chance.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ item }) => item)
      const groups = makeShares(scheme, anyBytes).map((shares, group) =>
        shuffled(shares).slice(0, scheme.groups[group]?.threshold),
      )
      const enough = parsed(shuffled(shuffled(groups).slice(0, scheme.groupThreshold).flat()))

      expect(combineShares(enough)).toEqual(anyBytes)
      expect(missingShares(enough)).toBeUndefined()
      const oneLess = enough.slice(1)
      if (oneLess.length > 0) expect(faultOf(() => combineShares(oneLess))).toMatchObject({ kind: 'too-few' })
    },
  )

  test('that are more than needed do no harm, also when some groups are not complete', () => {
    const [board = [], operations = []] = makeShares({
      groupThreshold: 1,
      groups: [
        { threshold: 2, count: 3 },
        { threshold: 4, count: 5 },
      ],
    })

    expect(combineShares(parsed([...operations.slice(0, 3), ...board]))).toEqual(secret)
  })

  test('that SLIP-39 does not know are refused', () => {
    const refuse = (groupThreshold: number, ...groups: { threshold: number; count: number }[]): void => {
      expect(() => splitSecret(secret, { groupThreshold, groups })).toThrow(
        expect.objectContaining({ code: 'USAGE' }),
      )
    }
    refuse(1)
    refuse(2, { threshold: 2, count: 3 })
    refuse(1, { threshold: 1, count: 2 })
    refuse(1, { threshold: 4, count: 3 })
    refuse(1, { threshold: 2, count: 17 })
    refuse(1, { threshold: 2.5, count: 3 })
  })
})

test('a secret is left as it is, also in a Buffer', () => {
  const given = Buffer.from(secret)

  const [first = '', second = ''] = makeShares(
    { groupThreshold: 1, groups: [{ threshold: 2, count: 2 }] },
    given,
  ).flat()

  expect(new Uint8Array(given)).toEqual(secret)
  expect(combineShares(parsed([first, second]))).toEqual(secret)
})

describe('a share', () => {
  // Of the official vectors: with the same words each time, chance explains nothing else.
  const share =
    'shadow pistol academic always adequate wildlife fancy gross oasis cylinder mustang wrist rescue view short owner flip making coding armed'
  const other =
    'shadow pistol academic acid actress prayer class unknown daughter sweater depict flip twice unkind craft early superior advocate guest smoking'
  const typed = share.split(' ')
  const [firstWord = '', ...rest] = typed

  test('is read in capitals, abbreviated, numbered, with accents, commas and line breaks', () => {
    const asTyped = typed.map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()},\r\n`).join('')

    expect(parseShare(asTyped).words.reveal()).toBe(share)
    expect(parseShare(share.replace('a', 'á')).words.reveal()).toBe(share)
  })

  test.each([16, 32])('with any one word wrong is put right, and the word is named (%i bytes)', (length) => {
    const [long = ''] = makeShares(
      { groupThreshold: 1, groups: [{ threshold: 2, count: 2 }] },
      new Uint8Array(length),
    ).flat()
    const right = long.split(' ')
    for (const [at, word] of right.entries()) {
      const wrong = words[(words.indexOf(word) + 1 + ((at * 389) % 1023)) % 1024] ?? ''
      const fault = faultOf(() => parseShare(right.with(at, wrong).join(' ')))
      expect(fault).toMatchObject({
        kind: 'checksum',
        corrections: [{ kind: 'replace', position: at + 1, word }],
      })
    }
  })

  property.prop([fc.nat(19), fc.nat(1022)], { numRuns: 200 })(
    'is put right whichever word it was',
    (at, shift) => {
      const word = typed[at] ?? ''
      const wrong = words[(words.indexOf(word) + 1 + shift) % 1024] ?? ''

      const fault = faultOf(() => parseShare(typed.with(at, wrong).join(' ')))

      expect(fault).toMatchObject({ kind: 'checksum', corrections: [{ position: at + 1, word }] })
    },
  )

  test('with any two words changed places is put right', () => {
    for (let at = 0; at < 19; at++) {
      const [a = '', b = ''] = typed.slice(at, at + 2)
      if (a === b) continue
      const fault = faultOf(() =>
        parseShare(
          typed
            .with(at, b)
            .with(at + 1, a)
            .join(' '),
        ),
      )
      expect(fault).toMatchObject({
        kind: 'checksum',
        corrections: [{ kind: 'swap', positions: [at + 1, at + 2] }],
      })
    }
  })

  test('with a word left out or said twice is put right', () => {
    for (const [at, word] of typed.entries()) {
      const missing = faultOf(() => parseShare(typed.toSpliced(at, 1).join(' ')))
      const doubled = faultOf(() => parseShare(typed.toSpliced(at, 0, word).join(' ')))
      for (const fault of [missing, doubled]) {
        if (fault.kind !== 'word-count') throw new Error(fault.kind)
        expect(fault.corrections.map(({ words: all }) => all.reveal())).toEqual([share])
      }
    }
  })

  test('with one or two words that cannot be read has them said by the others', () => {
    expect(faultOf(() => parseShare(typed.with(6, '?').join(' ')))).toEqual({
      kind: 'unknown-words',
      words: [{ position: 7, typed: '?', proposals: [typed[6]], isCertain: true }],
    })
    const two = faultOf(() => parseShare(typed.with(1, '?').with(19, 'xxxx').join(' ')))
    expect(two).toMatchObject({
      words: [
        { position: 2, proposals: [typed[1]] },
        { position: 20, proposals: [typed[19]] },
      ],
    })
  })

  test('with words that are in no list has those proposed that are near', () => {
    const mistyped = typed.with(3, 'acadmeic').with(4, 'wdnesday').with(5, 'elvator').join(' ')

    expect(faultOf(() => parseShare(mistyped))).toEqual({
      kind: 'unknown-words',
      words: [
        { position: 4, typed: 'acadmeic', proposals: ['academic'], isCertain: false },
        { position: 5, typed: 'wdnesday', proposals: [], isCertain: false },
        { position: 6, typed: 'elvator', proposals: ['elevator'], isCertain: false },
      ],
    })
  })

  test('is not taken for one when it is a sentence, or of another length', () => {
    const sentences = [
      '',
      'The quick brown fox jumps over the lazy dog',
      typed.slice(5).join(' '),
      'x '.repeat(3000),
    ]
    for (const sentence of sentences) {
      expect(() => parseShare(sentence)).toThrow(expect.objectContaining({ code: 'FORMAT_UNKNOWN' }))
      expect(faultOf(() => parseShare(sentence))).toMatchObject({ kind: 'word-count', corrections: [] })
    }
  })

  test('shows none of its words, nor does what is wrong with it', () => {
    let error: unknown
    try {
      parseShare(typed.with(0, words.find((word) => word !== firstWord) ?? '').join(' '))
    } catch (thrown) {
      error = thrown
    }

    const shown = [parseShare(share), error].flatMap((it) => [
      inspect(it, { depth: 9, showHidden: true }),
      JSON.stringify(it),
      String(it),
    ])

    expect(isRedomaError(error, 'DATA_DAMAGED')).toBe(true)
    for (const text of shown) for (const word of rest) expect(text).not.toMatch(new RegExp(`\\b${word}\\b`))
  })

  test('is named when it was given twice, or is of another set', () => {
    const [stranger = ''] = threeShares()

    expect(faultOf(() => combineShares(parsed([share, share])))).toEqual({ kind: 'repeated', shares: [0, 1] })
    const mixed = faultOf(() => combineShares(parsed([stranger, share, other])))
    expect(mixed).toEqual({ kind: 'another-set', shares: [0] })
  })
})

test('how many more are needed is said by group, those first that lack least', () => {
  const [board = [], operations = [], owners = []] = makeShares({
    groupThreshold: 3,
    groups: [
      { threshold: 2, count: 3 },
      { threshold: 4, count: 5 },
      { threshold: 3, count: 3 },
    ],
  })
  const missing = (...shares: readonly (string | undefined)[]): unknown =>
    missingShares(parsed(shares.map((share) => share ?? '')))

  expect(missing(board[1])).toEqual({ groups: 2, ofGroups: [{ group: 0, shares: 1 }] })
  expect(missing(operations[0], board[1], board[0])).toEqual({
    groups: 1,
    ofGroups: [{ group: 1, shares: 3 }],
  })
  expect(missing(operations[0], ...board, owners[1])).toEqual({
    groups: 0,
    ofGroups: [
      { group: 2, shares: 2 },
      { group: 1, shares: 3 },
    ],
  })
})

import { describe, expect, test } from 'vitest'
import { faultOf } from '../../../test/support/share-fault.ts'
import { Secret } from '../../core/secret.ts'
import { parseShare } from '../../crypto/slip39/parse-share.ts'
import { splitSecret } from '../../crypto/slip39/split-secret.ts'
import { words } from '../../crypto/slip39/wordlist.ts'
import { identifyShare, namesOf, readCard } from './identify-share.ts'
import { shareHash, shareKeyOf } from './share-key.ts'
import { encodeShareList, makeShareList, parseShareList, type ShareList } from './share-list.ts'

const fingerprint = 'f0'.repeat(32)
const scheme = {
  groupThreshold: 1,
  groups: [
    { threshold: 2, count: 3 },
    { threshold: 1, count: 1 },
  ],
}

async function newSet(
  generation: number,
): Promise<{ readonly list: ShareList; readonly cards: readonly string[] }> {
  const shares = splitSecret(new Uint8Array(16).fill(7), scheme)
  const list = await makeShareList(shares, ['board', 'notary'], fingerprint)
  return { list: { ...list, generation }, cards: shares.flat().map((words) => words.reveal()) }
}

const { list, cards } = await newSet(2)
const [first = '', second = ''] = cards
const former = await newSet(1)

test("a share's own key and hash are what they always were", async () => {
  // By `openssl kdf` and `sha256sum`, as docs/formats/shares.md has it.
  const share = parseShare(
    'shadow pistol academic always adequate wildlife fancy gross oasis cylinder mustang wrist rescue view short owner flip making coding armed',
  )

  const { identity, recipient } = await shareKeyOf(share)

  expect(identity.reveal()).toBe('AGE-SECRET-KEY-153PZN9CUCSSRLPU20G0ZQ5ZHTME7UNVC6ZZPM38WYRHYWSZME9XS42FY43')
  expect(recipient).toBe('age18x833t95s46wj2520fp969curgn9xme5sh5gvxsfvf00jr8asqeqajrw65')
  expect(shareHash(share)).toBe('33d929c8b2525a8cf6748e08f254c2c10e1e25df33fe99c50b031fbb7de7fd28')
})

describe('the list of shares', () => {
  test('numbers the cards over all groups, and is read back as it was written', async () => {
    const keys = await Promise.all(cards.map((card) => shareKeyOf(parseShare(card))))

    expect(list).toMatchObject({
      identifier: parseShare(first).identifier,
      groupThreshold: 1,
      groups: [
        { name: 'board', threshold: 2, count: 3 },
        { name: 'notary', threshold: 1, count: 1 },
      ],
    })
    expect(list.shares.map(({ number, group }) => [number, group])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
    ])
    expect(list.shares.map(({ recipient }) => recipient)).toEqual(keys.map(({ recipient }) => recipient))
    expect(parseShareList(encodeShareList(list))).toEqual(list)
  })

  test('has none of the words', () => {
    const text = new TextDecoder().decode(encodeShareList(list))

    const named = first.split(' ').filter((word) => new RegExp(`\\b${word}\\b`).test(text))

    // Of the list of words, and of the file's own.
    expect(named.filter((word) => word !== 'identify' && word !== 'group')).toEqual([])
  })

  test.each<[string, Partial<ShareList>]>([
    ['a share too few', { shares: list.shares.slice(1) }],
    [
      'a share twice',
      { shares: list.shares.map((share) => ({ ...share, sha256: list.shares[0]?.sha256 ?? '' })) },
    ],
    ['cards out of order', { shares: list.shares.toReversed() }],
    ['more groups needed than there are', { groupThreshold: 3 }],
    ['a key that is none', { shares: list.shares.map((share) => ({ ...share, recipient: 'age1x' })) }],
  ])('is refused with %s', (_what, change) => {
    expect(() => parseShareList(encodeShareList({ ...list, ...change }))).toThrow(
      expect.objectContaining({ code: 'DATA_DAMAGED' }),
    )
  })

  test('is refused when it is something else, of a later form, or huge', () => {
    const parse = (text: string) => () => parseShareList(new TextEncoder().encode(text))

    expect(parse('{')).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }))
    expect(parse('{"schema":"redoma-shares/2"}')).toThrow(expect.objectContaining({ code: 'FORMAT_UNKNOWN' }))
    expect(parse(' '.repeat(300_000))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }))
  })
})

describe('a card', () => {
  const lists = [list, former.list]

  test('is known by its number, group and generation', () => {
    expect(identifyShare(parseShare(second), lists)).toEqual({ kind: 'known', list, number: 2, group: 0 })
    const old = identifyShare(parseShare(former.cards[3] ?? ''), lists)
    expect(old).toEqual({ kind: 'known', list: former.list, number: 4, group: 1 })
    expect(namesOf(list).group?.(1)).toBe('notary')
  })

  test('of a set that no list has, or that pretends to be of one, is named as such', async () => {
    const stranger = parseShare((await newSet(1)).cards[0] ?? '')

    expect(identifyShare(stranger, [])).toEqual({ kind: 'another-set', identifier: stranger.identifier })
    const pretending = { ...stranger, identifier: list.identifier }
    expect(identifyShare(pretending, lists)).toEqual({ kind: 'forged', list })
  })

  test('with one or with two wrong words is put right for certain', () => {
    const typed = first.split(' ')
    const other = (at: number): string => words[(words.indexOf(typed[at] ?? '') + 1 + at * 37) % 1024] ?? ''

    const one = faultOf(() => readCard(typed.with(4, other(4)).join(' '), lists))
    const two = faultOf(() => readCard(typed.with(4, other(4)).with(17, other(17)).join(' '), lists))

    expect(one).toMatchObject({ kind: 'checksum', corrections: [{ position: 5, word: typed[4] }] })
    expect(two).toEqual({
      kind: 'unknown-words',
      words: [
        { position: 5, typed: other(4), proposals: [typed[4]], isCertain: true },
        { position: 18, typed: other(17), proposals: [typed[17]], isCertain: true },
      ],
    })
  })

  test('is known by hash, without a list being asked for its words', () => {
    expect(shareHash({ words: new Secret(first) })).toBe(list.shares[0]?.sha256)
  })
})

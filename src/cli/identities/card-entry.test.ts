import { describe, expect, test } from 'vitest'
import { splitSecret } from '../../crypto/slip39/split-secret.ts'
import { type CardEntry, type CardStep, emptyCard, nextPlace, typeIntoCard } from './card-entry.ts'

const words = wordsOf(new Uint8Array(16).fill(7))

function wordsOf(secret: Uint8Array): string[] {
  const [[card] = []] = splitSecret(secret, { groupThreshold: 1, groups: [{ threshold: 2, count: 2 }] })
  return card?.reveal().split(' ') ?? []
}

function entryOf(step: CardStep): CardEntry {
  if (step.kind === 'done') throw new Error('the card is complete')
  return step.entry
}

function typed(...lines: readonly string[]): CardStep {
  return lines.reduce(
    (step: CardStep, line) => (step.kind === 'done' ? step : typeIntoCard(step.entry, line)),
    { kind: 'going-on', entry: emptyCard },
  )
}

describe('a card that is typed', () => {
  test('is taken in one line, word by word, in capitals, and by four letters of each word', () => {
    const ways = [
      [words.join(' ')],
      words,
      [words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join('\t')],
      [words.map((word) => word.slice(0, 4)).join(' ')],
    ]

    for (const lines of ways) {
      expect(typed(...lines)).toMatchObject({ kind: 'done', share: { memberThreshold: 2 } })
    }
  })

  test('says at once which word is none, keeps all others, and takes the word meant for Enter', () => {
    const [first = '', second = ''] = words
    const entry = entryOf(typed(`${first} ${second.slice(0, 3)}qq${second.slice(3)} ${words[2] ?? ''}`))

    expect(entry.remark).toContain('Word 2')
    expect(nextPlace(entry)).toBe(1)
    if (entry.proposal !== undefined) expect(nextPlace(entryOf(typeIntoCard(entry, '')))).toBe(3)
  })

  test('keeps the words after those that are none, and is whole once they are put right', () => {
    const line = words.with(2, 'qqqqq').with(7, 'zzzzz').join(' ')
    const entry = entryOf(typed(line))

    expect(entry.remark).toContain('Word 3')
    expect(entry.remark).toContain('Word 8')
    expect(entry.words.filter((word) => word === undefined)).toHaveLength(2)
    expect(typed(line, words[2] ?? '', words[7] ?? '')).toMatchObject({ kind: 'done' })
  })

  test('starts again by clear, also when all words are there and no single slip explains them', () => {
    const swapped = words.toReversed().join(' ')

    expect(entryOf(typed(swapped)).words).not.toContain(undefined)
    expect(entryOf(typed(swapped, 'clear'))).toEqual(emptyCard)
    expect(typed(swapped, 'clear', words.join(' '))).toMatchObject({ kind: 'done' })
  })

  test('names the one word that was mistyped into another, and Enter puts it right', () => {
    const other = words[4] === 'academic' ? 'acid' : 'academic'
    const entry = entryOf(typed(words.with(4, other).join(' ')))

    expect(entry.remark).toContain(`word 5 should be “${words[4] ?? ''}”`)
    expect(typeIntoCard(entry, '')).toMatchObject({ kind: 'done' })
    expect(typeIntoCard(entry, `5 ${words[4] ?? ''}`)).toMatchObject({ kind: 'done' })
  })

  test('is completed where one word cannot be read', () => {
    const entry = entryOf(typed(words.with(9, '?').join(' ')))

    expect(entry.remark).toContain(`it must be “${words[9] ?? ''}”`)
    expect(typeIntoCard(entry, '')).toMatchObject({ kind: 'done' })
  })

  test('loses its last word by a dash, and refuses one too many', () => {
    const entry = entryOf(typed(words.slice(0, 3).join(' '), '-'))

    expect(nextPlace(entry)).toBe(2)
    expect(entryOf(typed(`${words.join(' ')} academic`)).remark).toContain('one too many')
  })
})

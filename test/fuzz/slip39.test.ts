import { fc, test as property } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { ShareError } from '../../src/crypto/slip39/fault.ts'
import { parseShare } from '../../src/crypto/slip39/parse-share.ts'
import { sayFault } from '../../src/crypto/slip39/say-fault.ts'
import { splitSecret } from '../../src/crypto/slip39/split-secret.ts'
import { words } from '../../src/crypto/slip39/wordlist.ts'

const numRuns = process.env['SLOW'] === undefined ? 300 : 20_000
const scheme = { groupThreshold: 1, groups: [{ threshold: 2, count: 3 }] }
const samples = [16, 32].flatMap((length) =>
  splitSecret(new Uint8Array(length), scheme)
    .flat()
    .map((share) => share.reveal()),
)

/** The share, or the error; anything else is thrown on. */
function attempt(text: string): string | ShareError {
  try {
    return parseShare(text).words.reveal()
  } catch (error) {
    if (error instanceof ShareError) return error
    throw error
  }
}

function expectRightOrExplained(text: string): void {
  const result = attempt(text)
  if (typeof result === 'string') {
    expect(parseShare(result).words.reveal()).toBe(result)
    return
  }
  for (const language of ['en', 'pt-BR'] as const)
    expect(sayFault(result.fault, language)).toMatch(/^.{20,}$/s)
  if ('corrections' in result.fault) {
    for (const correction of result.fault.corrections) parseShareOrRefuse(correction.words.reveal())
  }
}

/** What is proposed has the right checksum; what it says can still be impossible. */
function parseShareOrRefuse(text: string): void {
  const result = attempt(text)
  if (typeof result === 'string') expect(result).toBe(text)
  else expect(['impossible', 'too-many-iterations']).toContain(result.fault.kind)
}

describe('whatever is given as a share', () => {
  property.prop([fc.string({ unit: 'binary', maxLength: 5000 })], { numRuns })('is explained', (text) => {
    expectRightOrExplained(text)
  })

  const anyWord = fc.oneof(
    fc.constantFrom(...words),
    fc.constantFrom('?', 'w0rd', '', '\u{1f600}', 'zzzzzzzz'),
  )
  property.prop([fc.array(anyWord, { maxLength: 40 })], { numRuns })('is explained, made of words', (all) => {
    expectRightOrExplained(all.join(' '))
  })

  const anyChange = fc.record({
    at: fc.nat(33),
    removed: fc.nat(3),
    inserted: fc.array(anyWord, { maxLength: 3 }),
  })
  property.prop([fc.constantFrom(...samples), fc.array(anyChange, { minLength: 1, maxLength: 3 })], {
    numRuns,
  })('is explained, made of a real share', (share, changes) => {
    const changed = changes.reduce(
      (all, { at, removed, inserted }) => all.toSpliced(at, removed, ...inserted),
      share.split(' '),
    )

    expectRightOrExplained(changed.join(' '))
  })
})

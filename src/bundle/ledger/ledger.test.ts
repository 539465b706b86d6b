import { describe, expect, test } from 'vitest'
import { generateSigningKey, publicKeyLine } from '../../crypto/ssh-signature.ts'
import type { LedgerLine } from '../../ports/catalogue.ts'
import { parseObjectName } from '../../ports/destination.ts'
import { compareLedger } from './compare-ledger.ts'
import type { LedgerDraft } from './draft.ts'
import { encodeLedger, extendLedger } from './extend-ledger.ts'
import { verifyLedger } from './verify-ledger.ts'

const instance = '1fd2e2a8-6e0c-4d5b-9a43-0d4b1c7c2a11'
const signingKey = generateSigningKey()
const publicKey = publicKeyLine(signingKey, 'instance')
const trust = { instance, publicKey }
const writer = { instance, signingKey, time: new Date('2026-03-01T05:00:00Z') }

function draftOf(name: string): LedgerDraft {
  return {
    event: 'put',
    kind: 'bundle',
    object: parseObjectName(`secrets/${name}.age`),
    bytes: 10,
    sha256: 'a'.repeat(64),
    detail: { generation: 1 },
  }
}

function ledgerOfBatches(...batches: string[][]): LedgerLine[] {
  const lines: LedgerLine[] = []
  for (const names of batches) lines.push(...extendLedger(lines, names.map(draftOf), writer))
  return lines
}

const kindsOf = (ledger: Uint8Array, remembered?: LedgerLine) =>
  verifyLedger(ledger, { ...trust, remembered }).findings.map(({ kind }) => kind)

function withLines(lines: readonly LedgerLine[], change: (texts: string[]) => string[]): Uint8Array {
  const texts = change(lines.map(({ line }) => line))
  return new TextEncoder().encode(texts.map((line) => `${line}\n`).join(''))
}

describe('a ledger', () => {
  const lines = ledgerOfBatches(['one', 'two'], ['three'], ['four', 'five', 'six'])

  test('that nobody touched has no findings, and gives its entries and head', () => {
    const verdict = verifyLedger(encodeLedger(lines), { ...trust, remembered: lines.at(-1) })

    expect(verdict.findings).toEqual([])
    expect(verdict.entries.map(({ object }) => object)).toEqual(
      ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `secrets/${name}.age`),
    )
    expect(verdict.head.sequence).toBe(9)
  })

  test('that is empty has none either, unless something is remembered', () => {
    expect(kindsOf(new Uint8Array())).toEqual([])
    expect(kindsOf(new Uint8Array(), lines[0])).toEqual(['rolled-back'])
  })

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('shows that line %i was taken out', (index) => {
    const ledger = withLines(lines, (texts) => texts.toSpliced(index, 1))

    expect(kindsOf(ledger)).toContain('missing')
  })

  test.each([0, 1, 2, 3, 4, 5, 6, 7])('shows that line %i was exchanged with the next', (index) => {
    const ledger = withLines(lines, (texts) => [
      ...texts.slice(0, index),
      ...texts.slice(index, index + 2).toReversed(),
      ...texts.slice(index + 2),
    ])

    expect(kindsOf(ledger)).toContain('reordered')
  })

  test('shows that a line was altered, also when the chain was made anew', () => {
    const altered = withLines(lines, (texts) => texts.map((line) => line.replace('"bytes":10', '"bytes":11')))
    const chainedAnew = encodeLedger([
      ...lines.slice(0, 5),
      ...extendLedger(lines.slice(0, 5), [draftOf('other')], { ...writer, signingKey: generateSigningKey() }),
    ])

    expect(kindsOf(altered)).toEqual(expect.arrayContaining(['altered', 'forged-signature']))
    expect(kindsOf(chainedAnew)).toEqual(['unknown-signer'])
  })

  test('shows an altered byte wherever it is', () => {
    const whole = encodeLedger(lines)

    for (let offset = 0; offset < whole.length; offset += 7) {
      const ledger = whole.slice()
      ledger[offset] = (ledger[offset] ?? 0) ^ 1
      expect(kindsOf(ledger, lines.at(-1))).not.toEqual([])
    }
  })

  test.each([
    ['time', /"time":"2026-03/, '"time":"2025-03'],
    ['wrapping', /(SIGNATURE-----\\n.{69})(.)\\n/, '$1\\n$2'],
    ['line ends', /\\n(?=-----END)/, '\\r\\n'],
  ])('shows that the last signature has another %s, which no signature covers', (_, found, other) => {
    const ledger = withLines(lines, (texts) => texts.with(-1, texts.at(-1)?.replace(found, other) ?? ''))

    expect(Buffer.from(ledger).equals(encodeLedger(lines))).toBe(false)
    expect(kindsOf(ledger)).not.toEqual([])
    expect(compareLedger(ledger, { lines: [], acknowledged: 0 }, trust).kind).not.toBe('ahead')
  })

  test('shows a tail that is not signed, a cut line, and a rollback', () => {
    expect(kindsOf(encodeLedger(lines.slice(0, 7)))).toEqual(['unsigned-tail'])
    expect(kindsOf(encodeLedger(lines).subarray(0, -1))).toContain('unreadable')
    expect(kindsOf(encodeLedger(lines.slice(0, 5)), lines.at(-1))).toEqual(['rolled-back'])
  })

  test('of another instance is named as such', () => {
    const other = { ...writer, instance: '00000000-0000-4000-8000-000000000000' }

    expect(kindsOf(encodeLedger(extendLedger([], [draftOf('x')], other)))).toEqual(['foreign'])
  })
})

describe('compareLedger', () => {
  const lines = ledgerOfBatches(['one'], ['two'], ['three'])
  const stateOf = (found: Uint8Array | undefined, known: LedgerLine[], acknowledged: number) =>
    compareLedger(found, { lines: known, acknowledged }, trust).kind

  test('expects what was delivered, or written and perhaps delivered', () => {
    expect(stateOf(undefined, [], 0)).toBe('expected')
    expect(stateOf(encodeLedger(lines.slice(0, 4)), lines, 4)).toBe('expected')
    expect(stateOf(encodeLedger(lines), lines, 4)).toBe('expected')
  })

  test('tells what is gone, set back, altered, foreign and ahead', () => {
    const foreign = encodeLedger(
      extendLedger([], [draftOf('x')], { ...writer, signingKey: generateSigningKey() }),
    )

    expect(stateOf(undefined, lines, 2)).toBe('missing')
    expect(stateOf(encodeLedger(lines.slice(0, 2)), lines, 4)).toBe('rolled-back')
    expect(stateOf(encodeLedger(lines).subarray(0, -1), lines, 6)).toBe('altered')
    expect(stateOf(foreign, lines, 6)).toBe('foreign')
    expect(stateOf(encodeLedger(lines), lines.slice(0, 2), 2)).toBe('ahead')
    expect(stateOf(encodeLedger(lines.slice(0, 5)), lines.slice(0, 2), 2)).toBe('altered')
  })
})

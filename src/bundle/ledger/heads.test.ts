import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../core/errors.ts'
import { generateSigningKey } from '../../crypto/ssh-signature.ts'
import type { LedgerLine } from '../../ports/catalogue.ts'
import { parseObjectName } from '../../ports/destination.ts'
import { bundleSchema, type Manifest } from '../contents/manifest.ts'
import type { LedgerDraft } from './draft.ts'
import { encodeLedger, extendLedger } from './extend-ledger.ts'
import { headFields, headOf, holdsHead, parseHead } from './head.ts'
import { judgeBundles, missingSequences } from './judge-bundles.ts'
import { isSignature, type LedgerEntry, parseLine } from './line.ts'
import { signerIn } from './signers.ts'

const instance = 'a0000000-0000-4000-8000-000000000001'
const writer = { instance, signingKey: generateSigningKey(), time: new Date('2026-03-01T00:00:00Z') }
const hashOfBundle = (sequence: number): string => String(sequence).padStart(64, 'a')

function ledgerOf(sequences: readonly number[]): LedgerLine[] {
  return sequences.reduce<LedgerLine[]>(
    (lines, sequence) => [...lines, ...extendLedger(lines, [draftOf(sequence)], writer)],
    [],
  )
}

function draftOf(sequence: number): LedgerDraft {
  return {
    event: 'put',
    kind: 'bundle',
    object: parseObjectName(`secrets/b-${sequence}.age`),
    bytes: 10,
    sha256: hashOfBundle(sequence),
    detail: { sequence, generation: 1, fingerprint: 'f'.repeat(64) },
  }
}

function entriesOf(lines: readonly LedgerLine[]): LedgerEntry[] {
  return lines.map(({ line }) => parseLine(line)).filter((record) => !isSignature(record))
}

function manifestOf(sequence: number, more: Partial<Manifest> = {}): Manifest {
  return {
    schema: bundleSchema,
    sequence,
    time: '2026-03-01T00:00:00.000Z',
    instance: { id: instance, name: 'vault-1' },
    generation: { number: 1, fingerprint: 'f'.repeat(64) },
    previous: sequence === 1 ? null : { sequence: sequence - 1, sha256: hashOfBundle(sequence - 1) },
    counts: { credentials: 1, formerSecrets: 0, attachments: 0, sources: {} },
    entries: [],
    leftOut: [],
    ...more,
  }
}

describe('a head', () => {
  const ledgers = [ledgerOf([1]), ledgerOf([1, 2]), ledgerOf([1, 2, 3])] as const

  test('is held by its ledger and all later ones, however it was kept, and by no earlier one', () => {
    for (const [index, lines] of ledgers.entries()) {
      const head = headOf(lines)
      if (head === undefined) throw new Error('it has lines')
      const fields = headFields(instance, 'nas', head)
      const kept = [
        fields.short,
        fields.short.toUpperCase(),
        ` ${fields.sha256}\n`,
        `${head.sequence}: ${fields.sha256}`,
        JSON.stringify([fields]),
        JSON.stringify(head, null, 2),
      ]
      for (const text of kept) {
        const held = ledgers.map((ledger) => holdsHead(encodeLedger(ledger), parseHead(text)))
        expect(held, text).toEqual(ledgers.map((_, other) => other >= index))
      }
    }
    expect(headOf([])).toBeUndefined()
  })

  test('with another number, or another digit, is held by none', () => {
    const head = headOf(ledgers[2])
    const fields = headFields(instance, 'nas', head ?? { sequence: 0, time: '', sha256: '' })
    const [, digits = ''] = fields.short.split(':')
    const whole = encodeLedger(ledgers[2])

    expect(holdsHead(whole, parseHead(`${fields.sequence - 1}:${digits}`))).toBe(false)
    for (let at = 0; at < fields.sha256.length; at++) {
      const other = fields.sha256[at] === '0' ? '1' : '0'
      const altered = fields.sha256.slice(0, at) + other + fields.sha256.slice(at + 1)
      expect(holdsHead(whole, parseHead(altered))).toBe(false)
    }
  })

  test('that is too short, too long or anything else is refused, and damaged ledgers hold what they hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 90 }), (text) => {
        try {
          expect(parseHead(text).start.length).toBeGreaterThanOrEqual(20)
        } catch (error) {
          expect(isRedomaError(error, 'USAGE')).toBe(true)
        }
      }),
    )
    for (const text of ['', 'abc', '12:3f2a-9c01', 'f'.repeat(65)]) {
      expect(() => parseHead(text)).toThrow('no head')
    }
    const whole = encodeLedger(ledgers[2])
    const first = parseHead(headOf(ledgers[2].slice(0, 1))?.sha256 ?? '')
    expect(holdsHead(whole.subarray(0, -10), first)).toBe(true)
    expect(holdsHead(new Uint8Array(0), first)).toBe(false)
    expect(holdsHead(new Uint8Array(100).fill(0xff), first)).toBe(false)
  })
})

describe('bundles that were opened', () => {
  const entries = entriesOf(ledgerOf([1, 2, 3]))
  const judged = (sequence: number, more: Partial<Manifest> = {}, id = instance): string[] => {
    const entry = entries[sequence - 1]
    if (entry === undefined) throw new Error('it is listed')
    return judgeBundles(id, entries, [{ entry, manifest: manifestOf(sequence, more) }]).map(
      ({ message }) => message,
    )
  }

  test('are what the ledger says, each after the one before', () => {
    expect([1, 2, 3].flatMap((sequence) => judged(sequence))).toEqual([])
    expect(judged(3, { previous: { sequence: 9, sha256: hashOfBundle(1) } })).toEqual([])
  })

  test.each([
    ['another bundle', { sequence: 3 }, 'says bundle 3 of itself, but the ledger says 2'],
    [
      'another generation',
      { generation: { number: 2, fingerprint: 'f'.repeat(64) } },
      'says generation 2 of itself, but the ledger says 1',
    ],
    [
      'another history',
      { previous: { sequence: 1, sha256: hashOfBundle(7) } },
      'was made after another bundle 1',
    ],
    ['another instance', { instance: { id: instance.replace('a', 'b'), name: 'x' } }, 'by another instance'],
  ])('are named when they are of %s', (_, more, message) => {
    const [found, ...others] = judged(2, more)

    expect(found).toContain(message)
    expect(others).toEqual([])
  })

  test('show which numbers were never put', () => {
    const missing = (sequences: number[]): string[] => missingSequences(entriesOf(ledgerOf(sequences)))

    expect(missing([1, 2, 3])).toEqual([])
    expect(missing([5, 6])).toEqual([])
    expect(missing([1, 3, 7, 8])).toEqual(['2', '4 to 6'])
    expect(missing([])).toEqual([])
  })
})

test('who signs is read from a file as ssh-keygen takes it, and from nothing else', () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA'
  const signer = { instance, publicKey: key }

  expect(signerIn(`# ours\n${instance} namespaces="redoma-ledger" ${key} comment\n`)).toEqual(signer)
  expect(signerIn(`${instance} ${key}`)).toEqual(signer)
  expect(signerIn(`${instance} namespaces="file" ${key}`)).toBeUndefined()
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(() => signerIn(text)).not.toThrow()
    }),
  )
})

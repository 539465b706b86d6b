import type { LedgerOnBundle } from '../../../bundle/ledger/judge-bundle.ts'
import { messageOf } from '../../../core/errors.ts'
import type { Damage, Opened } from '../../protocol.ts'
import type { PageContext, Session } from '../context.ts'

/** What is known of the bundle by now: it is read to its end, and held to the ledger, while people work with it. */
export interface Health {
  /** `undefined`: not known yet. */
  readonly damage: readonly Damage[] | undefined
  readonly ledger: LedgerOnBundle | 'none' | 'reading' | 'unreadable'
}

export async function lookAtHealth(
  { client, ledger, bundleName }: Session,
  tell: (health: Health) => void,
): Promise<void> {
  let health: Health = { damage: undefined, ledger: ledger === undefined ? 'none' : 'reading' }
  const add = (more: Partial<Health>) => {
    health = { ...health, ...more }
    tell(health)
  }
  add({})
  if (ledger !== undefined) {
    const said = client.call('compareWithLedger', ledger, bundleName)
    add({ ledger: await said.catch(() => 'unreadable' as const) })
  }
  // Also when the file cannot be read any more, as a stick was pulled out.
  const unread = (error: unknown): Damage[] => [{ path: bundleName, message: messageOf(error) }]
  add({ damage: await client.call('verify').catch(unread) })
}

export type Verdict = 'good' | 'bad' | 'unknown'

export interface Line {
  readonly verdict: Verdict
  readonly text: string
  /** What to make of it. */
  readonly more: readonly string[]
}

export function integrityLine({ texts }: PageContext, { damage }: Health): Line {
  if (damage === undefined) return { verdict: 'unknown', text: texts.checking, more: [] }
  if (damage.length === 0) return { verdict: 'good', text: texts.checked, more: [] }
  return {
    verdict: 'bad',
    text: texts.damaged(damage.length),
    more: damage.map(({ path, message }) => `${path}: ${message}`),
  }
}

export function ledgerLine({ texts }: PageContext, { ledger }: Health, sequence: number): Line {
  if (ledger === 'none') return { verdict: 'unknown', text: texts.ledgerNone, more: [texts.ledgerMissing] }
  if (ledger === 'reading') return { verdict: 'unknown', text: texts.ledgerChecking, more: [] }
  if (ledger === 'unreadable')
    return { verdict: 'bad', text: texts.ledgerBad, more: [texts.errors.DATA_DAMAGED ?? ''] }
  const problems = [
    ...(ledger.bundle === 'not-listed' ? [texts.ledgerNotListed] : []),
    ...(ledger.bundle === 'altered' ? [texts.ledgerAltered] : []),
    ...ledger.findings,
  ]
  const { newest } = ledger
  const newer = newest !== undefined && newest > sequence ? [texts.ledgerNewest(newest)] : []
  return problems.length === 0
    ? // No tick: whoever made up a copy made up its ledger.
      { verdict: 'unknown', text: texts.ledgerGood, more: newer }
    : { verdict: 'bad', text: texts.ledgerBad, more: [...problems, ...newer] }
}

/** What to say of a bundle that names another recovery key than the one that opened it. */
export function otherKeyLine(
  { texts }: PageContext,
  { isFingerprintRight, fingerprint, generation }: Opened,
  { ledger }: Health,
): Line | undefined {
  if (isFingerprintRight) return undefined
  const rewrapped = typeof ledger === 'object' ? ledger.rewrapped : undefined
  if (rewrapped?.fingerprint === fingerprint)
    return { verdict: 'unknown', text: texts.rewrapped(generation, rewrapped.generation), more: [] }
  return { verdict: 'bad', text: texts.fingerprintWrong, more: [] }
}

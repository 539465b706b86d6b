import type { DestinationRecord } from '../../ports/catalogue.ts'
import { isWriteOnly } from '../../ports/destination-spec.ts'
import { events } from '../../ports/events.ts'
import type { Trouble } from '../../ports/incident.ts'
import type { Routine } from '../../ports/routine.ts'
import type { Finding, KeptVerification, Verifiable } from '../../ports/verification.ts'
import { ledgerName } from '../record-in-ledger.ts'
import { some } from './some.ts'
import { spanWords } from './span-words.ts'

type Place = Pick<DestinationRecord, 'id' | 'name' | 'spec' | 'createdAt'>

/** What is known of verifications. */
export interface VerificationsSoFar {
  readonly kept: readonly KeptVerification[]
  /** By the id of a destination: in how many slices damage was found that was not read whole since. */
  readonly damagedSlices: ReadonlyMap<string, number>
  readonly routine: Routine
  /** The longest that two due times of it are apart; absent where it has none. */
  readonly periodMs: number | undefined
}

const dayMs = 86_400_000

/** What was read back and is not what was written; and what nobody has read back for too long. */
export function troublesOfVerifications(
  destinations: readonly Place[],
  known: VerificationsSoFar,
  now: Date,
): readonly Trouble[] {
  return destinations.flatMap((place) => {
    const of = (what: Verifiable): KeptVerification | undefined =>
      known.kept.find((one) => one.destinationId === place.id && one.what === what)
    return [
      ...troublesOfLedger(place, of('ledger')),
      ...troubleOfRepository(place, of('repository'), known.damagedSlices.get(place.id) ?? 0),
      ...troubleOfDelay(place, [of('ledger'), of('repository')], known, now),
    ]
  })
}

function troublesOfLedger({ id, name }: Place, kept: KeptVerification | undefined): readonly Trouble[] {
  const { findings = [], count = 0 } = kept?.last ?? {}
  const ofLedger = findings.filter(({ object }) => object === ledgerName)
  const ofObjects = findings.filter(({ object }) => object !== ledgerName)
  const [first] = ofLedger
  const broken = first && {
    kind: 'ledger-broken' as const,
    key: id,
    subject: name,
    severity: events['ledger-broken'].severity,
    title: `The ledger at ${name} is not as it was left`,
    text: sentence(ofLedger),
    hint: first.hint ?? `Look at what is there before you trust it: redoma glass verify ${name}`,
    fields: { what: first.what ?? 'altered', findings: ofLedger.length },
  }
  const failed = failedTrouble(`${id} ledger`, name, {
    title: `What lies at ${name} is not what was put there`,
    findings: ofObjects,
    count: count - ofLedger.length,
    hint: `See all of it, and fetch what is good from another destination: redoma glass verify ${name}`,
  })
  return [...(broken === undefined ? [] : [broken]), ...failed]
}

function troubleOfRepository(
  { id, name }: Place,
  kept: KeptVerification | undefined,
  damagedSlices: number,
): readonly Trouble[] {
  const { findings = [], count = 0 } = kept?.last ?? {}
  const message = `Packs in ${damagedSlices} of its 256 slices were damaged when they were read, and were not read whole since`
  const all = count === 0 && damagedSlices > 0 ? [{ object: 'data', message }] : findings
  return failedTrouble(`${id} repository`, name, {
    title: `The repository at ${name} is damaged`,
    findings: all,
    count: Math.max(count, all.length),
    hint: `See all of it: redoma backup verify --read-data-rotating 4 --at ${name}; and what helps: redoma backup repair --help`,
  })
}

interface Found {
  readonly title: string
  /** The first of them. */
  readonly findings: readonly Finding[]
  readonly count: number
  readonly hint: string
}

function failedTrouble(
  key: string,
  name: string,
  { title, findings, count, hint }: Found,
): readonly Trouble[] {
  const [first] = findings
  if (first === undefined) return []
  return [
    {
      kind: 'verification-failed',
      key,
      subject: name,
      severity: events['verification-failed'].severity,
      title,
      text: sentence(findings, count),
      hint: first.hint ?? hint,
      fields: { findings: count },
    },
  ]
}

function sentence(findings: readonly Finding[], count = findings.length): string {
  return `${some(
    findings.map(({ message }) => message),
    count,
  )}.`
}

/** A pass may take days, and one that could not be made is tried again each hour: half a period more, two days at least, is too long. */
function troubleOfDelay(
  { id, name, spec, createdAt }: Place,
  kept: readonly (KeptVerification | undefined)[],
  { routine, periodMs }: VerificationsSoFar,
  now: Date,
): readonly Trouble[] {
  if (!routine.isEnabled || periodMs === undefined || isWriteOnly(spec)) return []
  const lookedAt = Math.min(...kept.map((one) => one?.last?.at.getTime() ?? 0))
  // A clock that was ahead must not keep it from ever being late.
  const began = [routine.activeSince, createdAt].map((at) => at.getTime()).filter((at) => at <= now.getTime())
  const known = lookedAt === 0 || lookedAt > now.getTime() ? began : [...began, lookedAt]
  if (known.length === 0) return []
  const since = new Date(Math.max(...known))
  if (now.getTime() - since.getTime() <= periodMs + Math.max(2 * dayMs, periodMs / 2)) return []
  const failure = kept.map((one) => one?.failed?.failure).find((one) => one !== undefined)
  const last =
    lookedAt === 0 ? 'was never read back' : `was last read back at ${new Date(lookedAt).toISOString()}`
  const why = failure === undefined ? '' : ` The last try failed: ${failure.message}.`
  return [
    {
      kind: 'verification-late',
      key: id,
      subject: name,
      severity: events['verification-late'].severity,
      title: `Nobody looks whether what lies at ${name} can be read back`,
      text: `What lies at ${name} ${last}, and it should be every ${spanWords(periodMs)}.${why}`,
      hint:
        failure?.hint ??
        `Is the daemon up (systemctl status redoma)? By hand: redoma backup verify --read-data-rotating 4 --at ${name}`,
      fields: {
        since: since.toISOString(),
        periodSeconds: Math.round(periodMs / 1000),
        ...(failure === undefined ? {} : { code: failure.code }),
      },
    },
  ]
}

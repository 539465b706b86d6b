import { RedomaError } from '../../core/errors.ts'
import type { Approval, Need, Proposal } from '../../ports/approval.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'
import { userActor } from '../users/user-name.ts'
import { dangerWords } from './danger-words.ts'

/**
 * Goes on when a second person has agreed to exactly this, or when none is needed. Nothing may have been done before that somebody would mind. One agreement is
 * good for once.
 *
 * @throws RedomaError `APPROVAL_NEEDED` when nobody has answered yet: asked is asked, and the same again goes on from there;
 * `APPROVAL_REFUSED`; the signal's reason
 */
export type RequireSecondPerson = (proposal: Proposal, signal: AbortSignal) => Promise<void>

export interface SecondPersonDeps extends AuditedDeps {
  /** Names of all who could agree. */
  readonly administrators: () => Promise<readonly string[]>
  readonly notifier: Notifier
  /** How long an answer is waited for, in milliseconds; 0: not at all. */
  readonly patienceMs: number
  /** Told once that an answer is waited for. */
  readonly onWaiting: (approval: Approval) => void
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/** How long an answer counts: people sleep, and a copy that nobody wants any more can wait. */
const goodForMs = 24 * 60 * 60_000
const pauseMs = 1000

export function makeRequireSecondPerson(deps: SecondPersonDeps): RequireSecondPerson {
  const { approvals } = deps.catalogue
  return async (proposal, signal) => {
    const { [proposal.danger]: need } = await approvals.rules()
    if (!isNeeded(need, await deps.administrators())) return
    let approval = (await openOne(deps, proposal)) ?? (await ask(deps, proposal))
    if (approval.answer === undefined && deps.patienceMs > 0) deps.onWaiting(approval)
    const giveUpAtMs = deps.clock.now().getTime() + deps.patienceMs
    while (approval.answer === undefined && deps.clock.now().getTime() < giveUpAtMs) {
      await deps.wait(pauseMs, signal)
      approval = await approvals.get(approval.id)
    }
    signal.throwIfAborted()
    if (approval.answer === undefined) throw notYet(approval)
    if (!approval.answer.agreed) throw refused(approval)
    // Who agreed may have lost the account to somebody since, and been disabled for it.
    if (!isAmong(await deps.administrators(), approval.answer.by)) throw notYet(approval)
    // Somebody else with the same wish may have been faster, or it has expired meanwhile.
    if (!(await approvals.use(approval.id, deps.clock.now()))) throw notYet(approval)
  }
}

export function isNeeded(need: Need, administrators: readonly string[]): boolean {
  switch (need) {
    case 'never':
      return false
    case 'with-two':
      return administrators.length > 1
    case 'always':
      return true
  }
}

/** What was asked already: by the same person, in the same words. */
async function openOne(
  deps: SecondPersonDeps,
  { danger, subject, lines }: Proposal,
): Promise<Approval | undefined> {
  const { catalogue, clock, actor } = deps
  const open = await catalogue.approvals.open(actor, danger, clock.now())
  const administrators = await deps.administrators()
  const words = JSON.stringify([subject, lines])
  return open.find((one) => isGood(one, administrators) && JSON.stringify([one.subject, one.lines]) === words)
}

/** An answer of who is no administrator any more is none: somebody is asked anew. */
function isGood({ answer }: Approval, administrators: readonly string[]): boolean {
  return answer === undefined || (answer.agreed && isAmong(administrators, answer.by))
}

function isAmong(administrators: readonly string[], by: string): boolean {
  return administrators.some((name) => userActor(name) === by)
}

async function ask(deps: SecondPersonDeps, proposal: Proposal): Promise<Approval> {
  const askedAt = deps.clock.now()
  const asked = {
    ...proposal,
    askedBy: deps.actor,
    askedAt,
    expiresAt: new Date(askedAt.getTime() + goodForMs),
  }
  const approval = await deps.catalogue.approvals.ask(asked, ({ id }) =>
    auditEntry(deps, 'approval.ask', String(id), `${proposal.danger} ${proposal.subject}`),
  )
  // It is in the catalogue, whoever hears of it: people can look there.
  await deps.notifier.tell({ kind: 'approval-asked', approval }).catch(() => undefined)
  return approval
}

function notYet({ id, danger }: Approval): RedomaError {
  return new RedomaError(
    'APPROVAL_NEEDED',
    `a second person has to agree to ${dangerWords[danger]}: asked under the number ${id}; nothing was done`,
    { hint: `Another administrator: redoma approval give ${id}. Then do the same again, within a day.` },
  )
}

function refused({ id, danger, answer }: Approval): RedomaError {
  return new RedomaError(
    'APPROVAL_REFUSED',
    `${answer?.by ?? 'a second person'} did not agree to ${dangerWords[danger]} (number ${id}); nothing was done`,
  )
}

/** Of what runs by rules: to those was agreed when they were set. */
export const agreedBefore: RequireSecondPerson = () => Promise.resolve()

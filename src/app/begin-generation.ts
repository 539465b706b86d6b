import { readableFingerprint } from '../bundle/ceremony/wrap-identity.ts'
import { messageOf } from '../core/errors.ts'
import type { Proposal } from '../ports/approval.ts'
import type { Catalogue, Generation, GenerationBeginning } from '../ports/catalogue.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { RequireSecondPerson } from './approvals/require-second-person.ts'
import { type AuditedDeps, auditEntry } from './audited.ts'

export interface BeginGenerationDeps extends AuditedDeps {
  readonly notifier: Notifier
  readonly requireSecondPerson: RequireSecondPerson
}

/** The number that a recovery key would get now, whatever it is for. */
export async function nextNumber({ generations }: Pick<Catalogue, 'generations'>): Promise<number> {
  return ((await generations.list())[0]?.number ?? 0) + 1
}

/**
 * From now on all is sealed to this recovery key. Whoever could exchange it would read all that comes: so it is told, with both
 * fingerprints, in the audit trail (whatever happens: one transaction) and by the notifier.
 *
 * @returns warnings
 * @throws RedomaError `ALREADY_EXISTS` when another one has got its number meanwhile, and what `RequireSecondPerson` throws
 */
export async function beginGeneration(
  deps: BeginGenerationDeps,
  generation: Generation,
  action: 'glass.ceremony' | 'glass.adopt',
  signal: AbortSignal,
  more: GenerationBeginning = { proofs: [], keepers: [] },
): Promise<string[]> {
  const { generations } = deps.catalogue
  const { number, fingerprint, scope } = generation
  const before = await generations.current(scope)
  const instead =
    before === undefined ? '' : ` instead of ${before.fingerprint} of generation ${before.number}`
  // What a scope has was sealed to the key of the whole vault before. The first key of all replaces nothing.
  const replaced = before ?? (await generations.current())
  if (replaced !== undefined) await deps.requireSecondPerson(exchangeOf(replaced, generation), signal)
  const audited = auditEntry(
    deps,
    action,
    `generation ${number}${scope === undefined ? '' : ` of ${scope}`}`,
    `${fingerprint}${instead}`,
  )
  await generations.add(generation, { ...more, audited })
  const change = {
    scope,
    before: before && { generation: before.number, fingerprint: before.fingerprint },
    after: { generation: number, fingerprint },
    at: deps.clock.now(),
    by: deps.actor,
    how: action === 'glass.adopt' ? ('adopted' as const) : ('ceremony' as const),
  }
  try {
    await deps.notifier.tell({ kind: 'recipient-changed', change })
    return []
  } catch (error) {
    return [`Nobody was told of the new recovery key: ${messageOf(error)}`]
  }
}

/** What a second person compares with the card, and with what the instance says elsewhere. */
function exchangeOf(before: Generation, after: Generation): Proposal {
  const of = after.scope === undefined ? '' : ` of ${after.scope}`
  return {
    danger: 'recipient',
    subject: after.scope ?? 'recovery key',
    lines: [
      `another recovery key${of}: all that comes is sealed to it`,
      `until now (generation ${before.number}): ${readableFingerprint(before.fingerprint)}`,
      `from now on: ${readableFingerprint(after.fingerprint)}`,
    ],
  }
}

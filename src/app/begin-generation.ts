import { messageOf } from '../core/errors.ts'
import type { Catalogue, Generation, GenerationBeginning } from '../ports/catalogue.ts'
import type { Notifier } from '../ports/notifier.ts'
import { type AuditedDeps, auditEntry } from './audited.ts'

export interface BeginGenerationDeps extends AuditedDeps {
  readonly notifier: Notifier
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
 * @throws RedomaError `ALREADY_EXISTS` when another one has got its number meanwhile
 */
export async function beginGeneration(
  deps: BeginGenerationDeps,
  generation: Generation,
  action: 'glass.ceremony' | 'glass.adopt',
  more: GenerationBeginning = { proofs: [], keepers: [] },
): Promise<string[]> {
  const { generations } = deps.catalogue
  const { number, fingerprint, scope } = generation
  const before = await generations.current(scope)
  const instead =
    before === undefined ? '' : ` instead of ${before.fingerprint} of generation ${before.number}`
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

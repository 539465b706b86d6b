import { RedomaError } from '../../core/errors.ts'
import type { Need, SecondPersonRules } from '../../ports/approval.ts'
import { needs } from '../../ports/approval.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'
import type { RequireSecondPerson, SecondPersonDeps } from './require-second-person.ts'

/**
 * Says what needs a second person from now on. To ask for less needs one itself.
 *
 * @throws RedomaError `USAGE` for `always` where there are no two administrators: nobody could do it any more; and what `RequireSecondPerson` throws
 */
export type SetRules = (rules: Partial<SecondPersonRules>, signal: AbortSignal) => Promise<void>

export interface SetRulesDeps extends AuditedDeps, Pick<SecondPersonDeps, 'administrators'> {
  readonly requireSecondPerson: RequireSecondPerson
}

export function makeSetRules(deps: SetRulesDeps): SetRules {
  const { approvals } = deps.catalogue
  return async (rules, signal) => {
    const before = await approvals.rules()
    const changes = (Object.entries(rules) as [keyof SecondPersonRules, Need][]).filter(
      ([danger, need]) => before[danger] !== need,
    )
    if (changes.length === 0) return
    if (changes.some(([, need]) => need === 'always') && (await deps.administrators()).length < 2) {
      throw new RedomaError('USAGE', 'there are no two administrators: nobody could agree', {
        hint: 'redoma user invite NAME --role administrator',
      })
    }
    const lines = changes.map(([danger, need]) => `${danger}: ${need} (until now ${before[danger]})`)
    if (changes.some(([danger, need]) => needs.indexOf(need) < needs.indexOf(before[danger])))
      await deps.requireSecondPerson({ danger: 'rules', subject: 'rules', lines }, signal)
    await approvals.setRules(
      Object.fromEntries(changes),
      auditEntry(deps, 'approval.rules', 'rules', lines.join('; ')),
    )
  }
}

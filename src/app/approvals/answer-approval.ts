import { RedomaError } from '../../core/errors.ts'
import type { Approval } from '../../ports/approval.ts'
import { type AuditedDeps, auditEntry } from '../audited.ts'
import type { SecondPersonDeps } from './require-second-person.ts'

/**
 * Says for the second person, who is the actor, whether it may be done. The first answer counts.
 *
 * @throws RedomaError `NOT_FOUND`, `NOT_ALLOWED` for who asked it or is no administrator, `CHANGED_MEANWHILE` when it is answered or expired
 */
export type AnswerApproval = (id: number, agreed: boolean) => Promise<Approval>

export type AnswerApprovalDeps = AuditedDeps & Pick<SecondPersonDeps, 'administrators'>

export function makeAnswerApproval(deps: AnswerApprovalDeps): AnswerApproval {
  const { catalogue, clock, actor } = deps
  return async (id, agreed) => {
    const approval = await catalogue.approvals.get(id)
    const user = userOf(actor)
    // Of the same name in the system, or here: nobody has to guess whether that is the same person.
    if (nameOf(approval.askedBy) === user) {
      throw new RedomaError('NOT_ALLOWED', `${user} asked it: the second person has to be another one`)
    }
    if (user === undefined || !(await deps.administrators()).includes(user)) {
      throw new RedomaError('NOT_ALLOWED', `${actor} is no administrator of this instance`, {
        hint: 'Users and their roles: redoma user list',
      })
    }
    const at = clock.now()
    if (approval.expiresAt <= at) throw tooLate(id, 'it has expired')
    const action = agreed ? 'approval.give' : 'approval.refuse'
    const audited = auditEntry(
      deps,
      action,
      String(id),
      `${approval.danger} ${approval.subject}, asked by ${approval.askedBy}`,
    )
    if (!(await catalogue.approvals.answer(id, { agreed, by: actor, at }, audited)))
      throw tooLate(id, 'it has an answer already')
    return catalogue.approvals.get(id)
  }
}

/** Whoever signed in; a token is no person. */
function userOf(actor: string): string | undefined {
  return actor.startsWith('user:') ? nameOf(actor) : undefined
}

/** `alma` of `alma`, `user:alma` and `token:alma/nightly`. */
function nameOf(actor: string): string {
  return actor.replace(/^(?:user:|token:)/, '').split('/')[0] ?? actor
}

function tooLate(id: number, why: string): RedomaError {
  return new RedomaError('CHANGED_MEANWHILE', `number ${id} is not answered: ${why}`, {
    hint: `redoma approval show ${id}`,
  })
}

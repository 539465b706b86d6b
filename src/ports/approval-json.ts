import type { Approval, Danger } from './approval.ts'

export const approvalStates = ['waiting', 'agreed', 'refused', 'expired', 'done'] as const
export type ApprovalState = (typeof approvalStates)[number]

export interface ApprovalJson {
  readonly id: number
  readonly state: ApprovalState
  readonly danger: Danger
  readonly subject: string
  readonly lines: string[]
  readonly askedBy: string
  readonly askedAt: string
  readonly expiresAt: string
  readonly answeredBy?: string
  readonly answeredAt?: string
  readonly doneAt?: string
}

export function stateOf({ answer, expiresAt, usedAt }: Approval, now: Date): ApprovalState {
  if (usedAt !== undefined) return 'done'
  if (answer?.agreed === false) return 'refused'
  if (expiresAt <= now) return 'expired'
  return answer === undefined ? 'waiting' : 'agreed'
}

/** As it is printed and answered. */
export function approvalJson(approval: Approval, now: Date): ApprovalJson {
  const { id, danger, subject, lines, askedBy, askedAt, expiresAt, answer, usedAt } = approval
  return {
    id,
    state: stateOf(approval, now),
    danger,
    subject,
    lines: [...lines],
    askedBy,
    askedAt: askedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(answer === undefined ? {} : { answeredBy: answer.by, answeredAt: answer.at.toISOString() }),
    ...(usedAt === undefined ? {} : { doneAt: usedAt.toISOString() }),
  }
}

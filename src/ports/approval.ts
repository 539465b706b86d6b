import type { AuditEntry } from './audit-entry.ts'
import type { Page, PageRequest } from './paging.ts'

/** What can be told to need a second person. Names are public: added to, never renamed. */
export const dangers = [
  'recipient',
  'copies',
  'retention',
  'restore-over',
  'administrators',
  'rules',
] as const
export type Danger = (typeof dangers)[number]

/**
 * When a second person has to agree. `with-two`: where there are two administrators, since with one nobody could.
 */
export const needs = ['never', 'with-two', 'always'] as const
export type Need = (typeof needs)[number]

/** For each danger; those of which nothing was said are as `usualRules` has them. */
export type SecondPersonRules = Readonly<Record<Danger, Need>>

export const usualRules: SecondPersonRules = {
  recipient: 'with-two',
  copies: 'never',
  retention: 'never',
  'restore-over': 'never',
  administrators: 'with-two',
  rules: 'with-two',
}

/** Something dangerous that somebody is about to do. */
export interface Proposal {
  readonly danger: Danger
  /** What it is done to, by the name that people know. */
  readonly subject: string
  /** All that the second person has to know, a line each, and no secret: two proposals are the same where these are. */
  readonly lines: readonly string[]
}

/** That somebody asked a second person, and what became of it. */
export interface Approval extends Proposal {
  /** 1, 2, 3 … */
  readonly id: number
  readonly askedBy: string
  readonly askedAt: Date
  /** From then on it counts no more, whatever the answer was. */
  readonly expiresAt: Date
  readonly answer?: ApprovalAnswer | undefined
  /** When it was done. An answer is good for once. */
  readonly usedAt?: Date | undefined
}

export interface ApprovalAnswer {
  readonly agreed: boolean
  readonly by: string
  readonly at: Date
}

export interface ApprovalStore {
  rules(): Promise<SecondPersonRules>
  /** One transaction with the line of the audit trail. */
  setRules(rules: Partial<SecondPersonRules>, audited: AuditEntry): Promise<void>
  /** @param audited makes the line of the audit trail, which is written with it */
  ask(
    asked: Omit<Approval, 'id' | 'answer' | 'usedAt'>,
    audited: (approval: Approval) => AuditEntry,
  ): Promise<Approval>
  /** @throws RedomaError `NOT_FOUND` */
  get(id: number): Promise<Approval>
  /** @throws RedomaError `USAGE` for a position of another order */
  page(request: PageRequest<'id'>): Promise<Page<Approval>>
  /** What this person asked and has not done yet, and what has not expired: newest first. */
  open(askedBy: string, danger: Danger, at: Date): Promise<Approval[]>
  /** @returns `false` when it has an answer already: the first one counts */
  answer(id: number, answer: ApprovalAnswer, audited: AuditEntry): Promise<boolean>
  /** @returns `false` when it was used before, or is not agreed to: then nothing may be done */
  use(id: number, at: Date): Promise<boolean>
}

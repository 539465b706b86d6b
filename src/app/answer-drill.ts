import { answerDigest, readAnswerCode } from '../bundle/drill/answer-code.ts'
import { RedomaError } from '../core/errors.ts'
import type { DrillRecord, Subject } from '../ports/guardian.ts'
import { type AuditedDeps, audit } from './audited.ts'

export interface GivenAnswer {
  readonly subject: Subject
  /** As it was typed. */
  readonly code: string
}

export interface JudgedAnswer {
  readonly subject: Subject
  readonly outcome: 'proven' | 'answered-before' | 'wrong' | 'not-asked'
}

/**
 * Takes answers to a drill; each right one proves that its share, or the whole key, is still there.
 *
 * @param drillId the newest drill of the scope (absent: of the whole vault's key) where it is not said
 * @throws RedomaError `NOT_FOUND` when there is no such drill, or it has expired; `USAGE` for what is no code
 */
export type AnswerDrill = (
  drillId: string | undefined,
  answers: readonly GivenAnswer[],
  scope?: string,
) => Promise<readonly JudgedAnswer[]>

export function makeAnswerDrill(deps: AuditedDeps): AnswerDrill {
  return async (drillId, answers, scope) => {
    const now = deps.clock.now()
    const drill = await drillOf(deps, drillId, scope)
    if (drill.expiresAt <= now) {
      throw new RedomaError(
        'NOT_FOUND',
        `this drill has ended on ${drill.expiresAt.toISOString().slice(0, 10)}: its answers do not count`,
        {
          hint: 'redoma glass drill start --out FILE',
        },
      )
    }
    const given = answers.map(({ subject, code }) => ({ subject, code: readAnswerCode(code) }))
    const judged: JudgedAnswer[] = []
    for (const { subject, code } of given) {
      const outcome = judge(drill, subject, code)
      if (outcome === 'proven') await deps.catalogue.drills.answer(drill, subject, now)
      if (outcome === 'proven' || outcome === 'wrong') {
        await audit(deps, 'glass.drill.answer', drill.id, `${nameOf(subject)}: ${outcome}`)
      }
      judged.push({ subject, outcome })
    }
    return judged
  }
}

async function drillOf(
  { catalogue }: AuditedDeps,
  id: string | undefined,
  scope: string | undefined,
): Promise<DrillRecord> {
  const all = await catalogue.drills.list()
  const keys = (await catalogue.generations.list()).filter((one) => one.scope === scope)
  const ofScope = all.filter(({ generation }) => keys.some(({ number }) => number === generation))
  const drill = id === undefined ? ofScope[0] : all.find((one) => one.id === id)
  if (drill !== undefined) return drill
  throw new RedomaError(
    'NOT_FOUND',
    id === undefined ? 'no drill was started' : 'this instance has started no such drill',
    { hint: 'redoma glass drill start --out FILE' },
  )
}

function judge({ id, questions }: DrillRecord, subject: Subject, code: string): JudgedAnswer['outcome'] {
  const question = questions.find((one) => one.subject === subject)
  if (question === undefined) return 'not-asked'
  if (question.codeSha256 !== answerDigest(id, subject, code)) return 'wrong'
  return question.answeredAt === undefined ? 'proven' : 'answered-before'
}

function nameOf(subject: Subject): string {
  return subject === 'whole' ? 'the whole' : `share ${subject}`
}

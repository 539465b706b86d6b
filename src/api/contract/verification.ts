import { z } from '@hono/zod-openapi'
import type { DataToVerify, Verification } from '../../app/verify-backup.ts'
import { entryName } from '../../ports/specs.ts'
import type { KeptVerification } from '../../ports/verification.ts'
import type { DeskVerification } from '../verifications/desk.ts'
import { time } from './paging.ts'

const finding = z.object({
  object: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  what: z.string().optional().openapi({ description: 'In a word: missing, altered …' }),
})

const failure = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() })

const what = z.enum(['ledger', 'repository']).openapi({
  description: '`ledger`: with all bundles and recordings that it lists.',
})

/** What is remembered of the verifications of one thing at one destination, whoever made them. */
export const keptVerification = z
  .object({
    destination: z.string(),
    what,
    last: z
      .object({ at: time, count: z.int().nonnegative(), findings: z.array(finding) })
      .optional()
      .openapi({ description: 'The last that came to its end, with the first of what it found.' }),
    failed: z
      .object({ at: time, failure })
      .optional()
      .openapi({ description: 'The last that did not, where it came after.' }),
  })
  .openapi('KeptVerification')

/** A verification that is to begin. */
export const newVerification = z
  .strictObject({
    destinations: z
      .array(entryName)
      .max(1000)
      .default([])
      .openapi({ description: 'What lies at these; at all where none is named.' }),
    readData: z.enum(['none', 'rotating', 'all']).default('none').openapi({
      description: 'Which packs of the repositories are read, decrypted and hashed, beside their structure.',
    }),
    parts: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .openapi({ description: 'With `rotating`: in so many verifications all is read once; 4 if not said.' }),
  })
  .openapi('NewVerification')

export function dataToVerify({ readData, parts }: z.output<typeof newVerification>): DataToVerify {
  return readData === 'rotating' ? { kind: readData, parts: parts ?? 4 } : { kind: readData }
}

const outcome = z.object({
  destination: z.string(),
  what,
  outcome: z.enum(['verified', 'wrong', 'left-out', 'failed']),
  objects: z.number().nonnegative().optional(),
  bytes: z.number().nonnegative().optional(),
  count: z.int().nonnegative().optional().openapi({ description: 'How much was found wrong.' }),
  findings: z.array(finding).optional(),
  failure: failure.optional(),
})

/** One that was begun by the API, as long as the daemon remembers it. */
export const deskVerification = z
  .object({
    id: z.uuid(),
    state: z.enum(['running', 'done', 'cancelled', 'failed']),
    startedAt: time,
    startedBy: z.string(),
    cancelledBy: z.string().optional().openapi({ description: 'Absent where the daemon was stopped.' }),
    why: z.string().optional(),
    report: z.array(outcome).optional(),
  })
  .openapi('Verification')

export function keptVerificationJson(
  { what: thing, last, failed }: KeptVerification,
  destination: string,
): z.input<typeof keptVerification> {
  return {
    destination,
    what: thing,
    last: last && { at: last.at.toISOString(), count: last.count, findings: [...last.findings] },
    failed: failed && { at: failed.at.toISOString(), failure: failed.failure },
  }
}

export function deskVerificationJson({
  id,
  startedAt,
  startedBy,
  state,
}: DeskVerification): z.input<typeof deskVerification> {
  const begun = { id, startedAt: startedAt.toISOString(), startedBy, state: state.kind }
  switch (state.kind) {
    case 'running':
      return begun
    case 'done':
      return { ...begun, report: state.report.map(outcomeJson) }
    case 'cancelled':
      return { ...begun, cancelledBy: state.by }
    case 'failed':
      return { ...begun, why: state.why }
  }
}

/** A repository that is gone has millions, and the command has them all. */
const mostFindings = 100

function outcomeJson(verification: Verification): z.input<typeof outcome> {
  const { destination, what: thing, outcome: end } = verification
  const of = { destination, what: thing, outcome: end.kind }
  switch (end.kind) {
    case 'verified':
      return { ...of, objects: end.objects, bytes: end.bytes }
    case 'wrong':
      return { ...of, count: end.findings.length, findings: end.findings.slice(0, mostFindings) }
    case 'left-out':
    case 'failed': {
      const { code, message, hint } = end.failure
      return { ...of, failure: { code, message, hint } }
    }
  }
}

import { z } from '@hono/zod-openapi'
import type { ReadinessReport } from '../../app/readiness.ts'
import type { BundleRecord } from '../../ports/bundle-store.ts'
import type { Generation } from '../../ports/catalogue.ts'
import type { Guardian, Keeper } from '../../ports/guardian.ts'
import { time } from './paging.ts'

const count = z.int().nonnegative()

export const bundle = z
  .object({
    scope: z.string().openapi({ description: 'Empty: the whole vault.' }),
    sequence: z.int().positive(),
    name: z.string(),
    sha256: z.string(),
    bytes: count,
    credentials: count,
    createdAt: time,
  })
  .openapi('Bundle')

export function bundleJson({ createdAt, ...rest }: BundleRecord): z.infer<typeof bundle> {
  return {
    scope: rest.scope,
    sequence: rest.sequence,
    name: rest.name,
    sha256: rest.sha256,
    bytes: rest.bytes,
    credentials: rest.credentials,
    createdAt: createdAt.toISOString(),
  }
}

/** The public side alone. */
export const generation = z
  .object({
    number: z.int().positive(),
    scope: z.string().optional(),
    profile: z.enum(['classic', 'pq']),
    recipient: z.string(),
    fingerprint: z.string(),
    heldAt: time,
    hasPassword: z.boolean(),
    hasQuorum: z.boolean(),
  })
  .openapi('Generation')

export function generationJson({
  number,
  scope,
  profile,
  recipient,
  fingerprint,
  heldAt,
  passwordFile,
  quorum,
}: Generation): z.infer<typeof generation> {
  const known = { number, scope, profile, recipient, fingerprint, heldAt: heldAt.toISOString() }
  return { ...known, hasPassword: passwordFile !== undefined, hasQuorum: quorum !== undefined }
}

export const guardian = z
  .object({
    id: z.uuid(),
    name: z.string(),
    mail: z.string().optional(),
    note: z.string().optional(),
    publicKey: z.string().optional(),
    createdAt: time,
    shares: z.array(z.object({ generation: z.int().positive(), share: z.int().positive() })),
  })
  .openapi('Guardian')

export function guardianJson(
  { id, name, mail, note, publicKey, createdAt }: Guardian,
  keepers: readonly Keeper[],
): z.infer<typeof guardian> {
  const shares = keepers
    .filter((keeper) => keeper.guardian === id)
    .map(({ generation: number, share }) => ({ generation: number, share }))
  return { id, name, mail, note, publicKey, createdAt: createdAt.toISOString(), shares }
}

export const readiness = z
  .object({
    generation: z.int().positive(),
    drill: z.enum(['in-time', 'overdue', 'never-proven']),
    quorum: z.enum(['enough', 'thin', 'not-proven']).optional(),
    needed: z.string().optional(),
    hasPassword: z.boolean(),
    proven: count,
    provenAt: time.optional(),
    dueAt: time.optional(),
    drillDays: count,
    openDrill: z.object({ id: z.string(), expiresAt: time }).optional(),
    shares: z.array(
      z.object({
        number: z.int().positive(),
        group: z.string(),
        guardian: z.string().optional(),
        provenAt: time.optional(),
      }),
    ),
    warnings: z.array(z.string()),
  })
  .openapi('Readiness')

export function readinessJson(report: ReadinessReport): z.infer<typeof readiness> {
  const { readiness: known, guardians, openDrill } = report
  return {
    ...{ generation: known.generation, drill: known.drill, quorum: known.quorum, proven: known.proven },
    ...{ needed: report.needed, hasPassword: report.hasPassword, drillDays: report.drillDays },
    provenAt: known.provenAt?.toISOString(),
    dueAt: known.dueAt?.toISOString(),
    openDrill: openDrill && { id: openDrill.id, expiresAt: openDrill.expiresAt.toISOString() },
    shares: known.shares.map(({ number, group, provenAt }) => ({
      number,
      group,
      guardian: guardians.get(number)?.name,
      provenAt: provenAt?.toISOString(),
    })),
    warnings: [...report.warnings],
  }
}

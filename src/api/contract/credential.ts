import { z } from '@hono/zod-openapi'
import type { CredentialMetadata, CredentialSummary } from '../../ports/catalogue.ts'
import { credentialKinds } from '../../ports/credential.ts'
import { time } from './paging.ts'

/** Longer than any id that is accepted. */
export const credentialId = z.object({ id: z.string().min(1).max(200) })

const text = z.string().optional()
const count = z.int().nonnegative()

const summaryShape = {
  id: z.string(),
  title: z.string(),
  kind: z.enum(credentialKinds),
  user: text,
  host: text,
  folder: text,
  tags: z.array(z.string()),
  formerSecrets: count.openapi({ description: 'How many values it had before.' }),
  attachments: count,
  hasTotp: z.boolean(),
  changedAt: time,
}

export const credentialSummary = z.object(summaryShape).openapi('CredentialSummary')

/** No value that may be a secret is in it. */
export const credential = z
  .object({
    ...summaryShape,
    port: z.int().optional(),
    url: text,
    database: text,
    owner: text,
    createdAt: time.optional(),
    hasSecret: z.boolean(),
    hasNotes: z.boolean(),
    fields: z.array(z.object({ name: z.string(), hidden: z.boolean() })),
    attached: z.array(z.object({ name: z.string(), size: count })),
    revision: z.int().positive(),
  })
  .openapi('Credential')

export function summaryJson({ changedAt, ...summary }: CredentialSummary): z.infer<typeof credentialSummary> {
  return { ...summary, tags: [...summary.tags], changedAt: changedAt.toISOString() }
}

export function credentialJson(known: CredentialMetadata): z.infer<typeof credential> {
  const { changedAt, createdAt, tags, fields, attached, ...rest } = known
  return {
    ...rest,
    tags: [...tags],
    fields: [...fields],
    attached: [...attached],
    changedAt: changedAt.toISOString(),
    createdAt: createdAt?.toISOString(),
  }
}

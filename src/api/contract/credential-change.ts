import { z } from '@hono/zod-openapi'
import type { CredentialDraft } from '../../app/add-credential.ts'
import type { CredentialChanges } from '../../app/edit-credential.ts'
import { fromBase64 } from '../../core/base64.ts'
import { Secret } from '../../core/secret.ts'
import { credentialKinds } from '../../ports/credential.ts'
import { attachmentOfBytes } from '../../ports/credential-json.ts'

const text = z.string().max(1000).nullish()
const secret = z.string().max(1_000_000).nullish().openapi({ format: 'password', writeOnly: true })

const shape = {
  user: text,
  host: text,
  port: z.int().min(1).max(65_535).nullish(),
  url: z.string().max(10_000).nullish(),
  database: text,
  folder: text.openapi({ description: 'Names with / between them.', example: 'network/routers' }),
  owner: text,
  tags: z.array(z.string().min(1).max(1000)).max(1000).optional(),
  secret,
  notes: secret,
  totp: secret,
  fields: z
    .array(
      z.strictObject({ name: z.string().max(1000), value: z.string().max(1_000_000), hidden: z.boolean() }),
    )
    .max(1000)
    .optional()
    .openapi({ description: 'All of them: those that are not named are taken away.' }),
  attachments: z
    .array(z.strictObject({ name: z.string().min(1).max(255), content: z.base64() }))
    .max(100)
    .optional()
    .openapi({ description: 'All of them: those that are not named are taken away.' }),
}

const title = z.string().min(1).max(1000)

/** A new credential. What is secret goes in here, and is in no answer. */
export const newCredential = z
  .strictObject({ title, kind: z.enum(credentialKinds).default('password'), ...shape })
  .openapi('NewCredential')

/** What is named is changed, `null` takes it away, and the rest stays (as RFC 7396 merges). */
export const credentialChange = z
  .strictObject({ title: title.optional(), kind: z.enum(credentialKinds).optional(), ...shape })
  .openapi('CredentialChange')

export function draftOf({ title: name, kind, ...rest }: z.output<typeof newCredential>): CredentialDraft {
  return {
    title: name,
    kind,
    tags: [],
    fields: [],
    attachments: [],
    ...(changesOf(rest) as Partial<CredentialDraft>),
  }
}

export function changesOf(asked: z.output<typeof credentialChange>): CredentialChanges {
  const { secret: value, notes, totp, fields, attachments, ...plain } = asked
  const named = Object.entries(plain).filter(([, one]) => one !== undefined)
  return {
    ...(Object.fromEntries(named.map(([name, one]) => [name, one ?? undefined])) as CredentialChanges),
    ...secretNamed('secret', value),
    ...secretNamed('notes', notes),
    ...secretNamed('totp', totp),
    ...(fields === undefined
      ? {}
      : { fields: fields.map((field) => ({ ...field, value: new Secret(field.value) })) }),
    ...(attachments === undefined
      ? {}
      : {
          attachments: attachments.map(({ name, content }) => attachmentOfBytes(name, fromBase64(content))),
        }),
  }
}

function secretNamed(name: 'secret' | 'notes' | 'totp', value: string | null | undefined): CredentialChanges {
  if (value === undefined) return {}
  return { [name]: value === null ? undefined : new Secret(value) }
}

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { fromBase64, toBase64 } from '../core/base64.ts'
import { collectBytes } from '../core/bytes.ts'
import { RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import { type Attachment, type CredentialRecord, credentialKinds } from './credential.ts'

/*
 * The JSON form of a credential (docs/formats/credential-json.md): the lines that a command source prints, the file
 * that is imported, and `secrets.json` in a bundle are all made of it. Unknown names are refused, not passed over:
 * what is not understood would be missing from the backup without a word.
 */

/** Names the list of credentials, and the version of this form. */
export const credentialListSchema = 'redoma-credentials/1'

const maximumSecretLength = 1024 * 1024
/** 32 MiB of content in base64. */
const maximumContentLength = (32 * 1024 * 1024 * 4) / 3

const plainLine = (maximum: number) =>
  z
    .string()
    .max(maximum)
    // A control character in a title or host would forge lines in logs, CSV files and on terminals.
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'holds a control character')
const line = plainLine(1000).min(1)
const secret = z.string().max(maximumSecretLength)
const time = z.iso.datetime({ offset: true })
const absent = null

const folder = plainLine(1000).regex(
  /^[^/]+(?:\/[^/]+)*$/,
  'is not a path of non-empty names with / between them',
)

/** A name that is safe as a file name in any folder it is written to. */
const fileName = plainLine(255)
  .regex(/^[^/\\]+$/, 'is not a plain file name')
  .refine((name) => name !== '.' && name !== '..', 'is not a plain file name')

const attachmentJson = z.strictObject({
  name: fileName,
  /** May be left out where `content` is given. */
  size: z.int().nonnegative().nullish(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hex digits')
    .nullish(),
  /** Base64; absent where the content lies elsewhere, as in a bundle. */
  content: z.base64().max(maximumContentLength).nullish(),
})

const credentialJson = z.strictObject({
  id: line.max(200),
  title: line,
  kind: z.enum(credentialKinds),
  user: plainLine(1000).nullish(),
  secret: secret.nullish(),
  host: plainLine(1000).nullish(),
  port: z.int().min(1).max(65535).nullish(),
  url: plainLine(10_000).nullish(),
  database: plainLine(1000).nullish(),
  folder: folder.nullish(),
  owner: plainLine(1000).nullish(),
  tags: z.array(line).max(1000).nullish(),
  notes: secret.nullish(),
  totp: plainLine(10_000).nullish(),
  fields: z
    .array(z.strictObject({ name: plainLine(1000), value: secret, hidden: z.boolean() }))
    .max(1000)
    .nullish(),
  attachments: z.array(attachmentJson).max(1000).nullish(),
  history: z
    .array(z.strictObject({ secret, since: time.nullish(), until: time }))
    .max(10_000)
    .nullish(),
  createdAt: time.nullish(),
  changedAt: time.nullish(),
})

/** A credential as `JSON.stringify` takes it: names in this order, what is absent left out. */
export type CredentialJson = z.infer<typeof credentialJson>

/** An attachment as it is listed, without its content. */
export interface ListedAttachment {
  readonly credentialId: string
  readonly name: string
  readonly size: number
  readonly sha256: string
}

/** Finds the content of an attachment that the JSON only lists. */
export type OpenListed = (attachment: ListedAttachment) => AsyncIterable<Uint8Array>

/**
 * The only way from foreign JSON to a record. Attachments without content are opened by `openListed`; where that is not
 * given they are refused.
 *
 * @throws RedomaError `DATA_DAMAGED`, with the name of the field that is wrong and never with its value
 */
export function parseCredential(json: unknown, openListed?: OpenListed): CredentialRecord {
  const parsed = credentialJson.safeParse(json)
  if (!parsed.success) throw new RedomaError('DATA_DAMAGED', problemOf(parsed.error))
  const { data } = parsed
  const attachments = (data.attachments ?? []).map((attachment) =>
    attachmentOf(data.id, attachment, openListed),
  )
  refuseRepeated(attachments.map((attachment) => attachment.name))
  return {
    id: data.id,
    title: data.title,
    kind: data.kind,
    user: textOf(data.user),
    secret: secretOf(data.secret),
    host: textOf(data.host),
    port: data.port ?? undefined,
    url: textOf(data.url),
    database: textOf(data.database),
    folder: data.folder ?? undefined,
    owner: textOf(data.owner),
    tags: [...new Set(data.tags ?? [])],
    notes: secretOf(data.notes),
    totp: secretOf(data.totp),
    fields: (data.fields ?? []).map((field) => ({ ...field, value: new Secret(field.value) })),
    attachments,
    history: (data.history ?? []).map((former) => ({
      secret: new Secret(former.secret),
      since: timeOf(former.since),
      until: new Date(former.until),
    })),
    createdAt: timeOf(data.createdAt),
    changedAt: timeOf(data.changedAt),
  }
}

/** The reverse of `parseCredential`; attachments are listed by name, size and SHA-256. The result is all in the clear. */
export function encodeCredential(record: CredentialRecord): CredentialJson {
  return withoutAbsent({
    id: record.id,
    title: record.title,
    kind: record.kind,
    user: record.user,
    secret: record.secret?.reveal(),
    host: record.host,
    port: record.port,
    url: record.url,
    database: record.database,
    folder: record.folder,
    owner: record.owner,
    tags: [...record.tags],
    notes: record.notes?.reveal(),
    totp: record.totp?.reveal(),
    fields: record.fields.map(({ name, value, hidden }) => ({ name, value: value.reveal(), hidden })),
    attachments: record.attachments.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    history: record.history.map((former) =>
      withoutAbsent({
        secret: former.secret.reveal(),
        since: former.since?.toISOString(),
        until: former.until.toISOString(),
      }),
    ),
    createdAt: record.createdAt?.toISOString(),
    changedAt: record.changedAt?.toISOString(),
  })
}

/** As `encodeCredential`, with the content of the attachments in it. */
export async function encodeCredentialWhole(record: CredentialRecord): Promise<CredentialJson> {
  const attachments = await Promise.all(
    record.attachments.map(async (attachment) => {
      const { name, size, sha256 } = attachment
      const content = toBase64(await collectBytes(attachment.open(), size))
      return { name, size, sha256, content }
    }),
  )
  return { ...encodeCredential(record), attachments }
}

function attachmentOf(
  credentialId: string,
  json: z.infer<typeof attachmentJson>,
  openListed: OpenListed | undefined,
): Attachment {
  const { name } = json
  if (json.content !== undefined && json.content !== absent) return inlineAttachment(json, json.content)
  if (openListed === undefined || typeof json.size !== 'number' || typeof json.sha256 !== 'string') {
    throw new RedomaError('DATA_DAMAGED', `attachment ${JSON.stringify(name)} has no content`)
  }
  const listed = { credentialId, name, size: json.size, sha256: json.sha256 }
  return { name, size: listed.size, sha256: listed.sha256, open: () => openListed(listed) }
}

function inlineAttachment(json: z.infer<typeof attachmentJson>, base64: string): Attachment {
  const attachment = attachmentOfBytes(json.name, fromBase64(base64))
  const fits =
    (json.size ?? attachment.size) === attachment.size &&
    (json.sha256 ?? attachment.sha256) === attachment.sha256
  if (!fits) {
    throw new RedomaError(
      'DATA_DAMAGED',
      `attachment ${JSON.stringify(json.name)} is not what its size and SHA-256 say`,
    )
  }
  return attachment
}

/** An attachment whose content is in memory already. */
export function attachmentOfBytes(name: string, content: Uint8Array): Attachment {
  return {
    name,
    size: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    async *open() {
      yield content
    },
  }
}

/** Zod says which field and what was expected; the value itself, which may be a secret, stays out of it. */
function problemOf(error: z.ZodError): string {
  const [first] = error.issues
  const field = first?.path.join('.') ?? ''
  return `${field === '' ? 'the record' : field}: ${first?.message ?? 'is not understood'}`
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated === undefined) return
  throw new RedomaError('DATA_DAMAGED', `attachments: ${JSON.stringify(repeated)} is there twice`)
}

function withoutAbsent<T extends object>(whole: T): T {
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as T
}

/** An empty text says nothing: programs write `""` for what is not there. */
function textOf(text: string | null | undefined): string | undefined {
  return text === '' ? undefined : (text ?? undefined)
}

function secretOf(text: string | null | undefined): Secret | undefined {
  const present = textOf(text)
  return present === undefined ? undefined : new Secret(present)
}

function timeOf(text: string | null | undefined): Date | undefined {
  return text === undefined || text === absent ? undefined : new Date(text)
}

import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'

const hex256 = z.string().regex(/^[0-9a-f]{64}$/)
/** A path of 4096 bytes, each of them as `%XX`. */
const text = z.string().max(3 * 4096)
const bytes = z.number().int().nonnegative()

/** A thousand files of any names, and the largest header of any format, stay far below. */
export const maximumMetaBytes = 4 * 1024 * 1024
const maximumParts = 1000

/** `meta.age`, decrypted (docs/formats/recordings.md). Unknown fields of later versions are let through. */
const sealedMeta = z.looseObject({
  format: z.literal('redoma recording'),
  version: z.literal(1),
  recording: z.string().regex(/^[0-9a-f]{20}(?:-[0-9]{1,6})?$/),
  source: text,
  path: text,
  sealedAt: z.iso.datetime(),
  generation: z.number().int().positive(),
  recordingFormat: z.string().max(100),
  startedAt: z.iso.datetime().optional(),
  durationSeconds: z.number().nonnegative().optional(),
  interrupted: z.literal(true).optional(),
  details: z.record(z.string(), z.unknown()),
  problems: z.array(text).max(1000),
  content: z.object({
    form: z.enum(['file', 'tar']),
    bytes,
    sha256: hex256,
    merkle: z.object({ leafBytes: z.number().int().positive(), root: hex256 }),
  }),
  parts: z
    .array(
      z.looseObject({
        name: text,
        /** Base64 of the name's bytes, where they are not UTF-8 or `name` could not be taken as it was. */
        nameBytes: z.base64().max(1000).optional(),
        bytes,
        sha256: hex256,
        modifiedAt: z.iso.datetime(),
        mode: z.string().regex(/^0[0-7]{3,4}$/),
      }),
    )
    .min(1)
    .max(maximumParts),
})

export type SealedMeta = z.infer<typeof sealedMeta>

/** @throws RedomaError `DATA_DAMAGED`, `FORMAT_UNKNOWN` for a version that this program does not know */
export function parseSealedMeta(plaintext: Uint8Array): SealedMeta {
  const parsed = sealedMeta.safeParse(jsonOf(plaintext))
  if (parsed.success) return parsed.data
  const isVersion = parsed.error.issues.some((issue) => issue.path.join('.') === 'version')
  throw new RedomaError(
    isVersion ? 'FORMAT_UNKNOWN' : 'DATA_DAMAGED',
    `meta.age does not say what a recording's must: ${parsed.error.issues[0]?.path.join('.') ?? ''}`,
    { cause: parsed.error },
  )
}

function jsonOf(plaintext: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(plaintext).toString('utf8'))
  } catch {
    return undefined
  }
}

import { z } from 'zod'
import { utf8Text } from '../../core/bytes.ts'
import { canonicalJson } from '../../core/canonical-json.ts'
import { RedomaError } from '../../core/errors.ts'

/*
 * `manifest.json`, the last entry that counts of a bundle (docs/formats/bundle.md): it tells what the others must be, and
 * is last because a bundle is made in one pass, when their hashes are not known before.
 */

export const bundleSchema = 'redoma-bundle/1'
export const manifestName = 'manifest.json'
export const paddingName = 'padding'
/** Room for a hundred thousand attachments. */
export const maximumManifestBytes = 64 * 1024 * 1024

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const text = z.string().max(2000)

const entry = z.strictObject({
  path: text,
  bytes: z.int().nonnegative(),
  sha256: hash,
  /** Where it is an attachment: of which credential, and its name there. */
  attachment: z.strictObject({ credential: text, name: text }).optional(),
})

const manifest = z.strictObject({
  schema: z.literal(bundleSchema),
  /** Name of the part of the vault; absent in the bundle of the whole. */
  scope: text.min(1).optional(),
  sequence: z.int().positive(),
  time: z.iso.datetime(),
  instance: z.strictObject({ id: z.uuid(), name: text }),
  generation: z.strictObject({ number: z.int().positive(), fingerprint: hash }),
  previous: z.strictObject({ sequence: z.int().positive(), sha256: hash }).nullable(),
  counts: z.strictObject({
    credentials: z.int().nonnegative(),
    formerSecrets: z.int().nonnegative(),
    attachments: z.int().nonnegative(),
    /** By name of the source. */
    sources: z.record(text, z.int().nonnegative()),
  }),
  entries: z.array(entry).max(1_000_000),
  /** Why it is not to be taken for a good one before people have looked; absent where nothing is in doubt. */
  doubts: z.array(text).min(1).max(100).optional(),
  leftOut: z.array(z.strictObject({ what: text, why: text })).max(100_000),
})

export type Manifest = z.infer<typeof manifest>
export type ManifestEntry = z.infer<typeof entry>

export function encodeManifest(value: Manifest): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value))
}

/** @throws RedomaError `FORMAT_UNKNOWN` for a version that is not ours, `DATA_DAMAGED` */
export function parseManifest(bytes: Uint8Array): Manifest {
  const json = jsonOf(bytes)
  const parsed = manifest.safeParse(json)
  if (parsed.success) return parsed.data
  const known = z.object({ schema: z.string() }).safeParse(json)
  if (known.success && known.data.schema !== bundleSchema) {
    throw new RedomaError(
      'FORMAT_UNKNOWN',
      `the bundle is of the kind ${JSON.stringify(known.data.schema)}`,
      {
        hint: 'A newer Redoma opens it; age and unzip do, too.',
      },
    )
  }
  throw new RedomaError('DATA_DAMAGED', "the bundle's manifest is not well-formed")
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Text(bytes))
  } catch {
    return undefined
  }
}

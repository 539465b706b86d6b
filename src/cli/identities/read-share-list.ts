import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'

const count = z.int().positive().max(256)

const shareList = z.object({
  schema: z.literal('redoma-shares/1'),
  generation: z.int().positive(),
  identifier: z.int().nonnegative(),
  groups: z.array(z.object({ name: z.string().max(200), threshold: count, count })).max(16),
  shares: z.array(z.object({ number: count, group: count, sha256: z.string().max(64) })).max(256),
})

/** What of `shares.json` helps to say which card somebody has. */
export type ShareList = z.infer<typeof shareList>

/** @throws RedomaError `FORMAT_UNKNOWN` */
export function readShareList(bytes: Uint8Array): ShareList {
  const parsed = shareList.safeParse(jsonOf(bytes))
  if (parsed.success) return parsed.data
  throw new RedomaError('FORMAT_UNKNOWN', 'this is no list of shares')
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

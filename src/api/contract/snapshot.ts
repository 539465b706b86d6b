import { z } from '@hono/zod-openapi'
import type { BrowsedEntry } from '../../app/browse-system.ts'
import type { ShownSnapshot } from '../../app/snapshots/shown-snapshot.ts'
import { time } from './paging.ts'

const count = z.number().nonnegative()

export const snapshotId = z
  .string()
  .regex(/^[0-9a-f]{4,64}$/)
  .openapi({ description: 'Its id, or the beginning of it.' })

/** What is looked at or restored of a snapshot: a name in it, which leads nowhere else. */
export const pathInSnapshot = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]*$/)
  .openapi({ description: 'Absolute, as it was on the machine: `/etc/ssh`.' })

export const snapshot = z
  .object({
    id: z.string(),
    time,
    source: z.string(),
    hostname: z.string(),
    username: z.string().optional(),
    paths: z.array(z.string()),
    tags: z.array(z.string()),
    files: count.optional(),
    bytes: count.optional(),
  })
  .openapi('Snapshot')

export function snapshotJson({ time: at, paths, tags, ...rest }: ShownSnapshot): z.infer<typeof snapshot> {
  return { ...rest, time: at.toISOString(), paths: [...paths], tags: [...tags] }
}

export const snapshotEntry = z
  .object({
    snapshot: z.string(),
    path: z.string().openapi({ description: 'Bytes that are no UTF-8 show as U+FFFD.' }),
    type: z.string().openapi({ description: '`file`, `dir`, `symlink` …' }),
    bytes: count.optional(),
    modifiedAt: time,
  })
  .openapi('SnapshotEntry')

export function snapshotEntryJson({ modifiedAt, ...rest }: BrowsedEntry): z.infer<typeof snapshotEntry> {
  return { ...rest, modifiedAt: modifiedAt.toISOString() }
}

export const pathProblem = z.object({ path: z.string(), message: z.string() })

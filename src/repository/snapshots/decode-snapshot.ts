import { z } from 'zod'
import { RedomaError } from '../../core/errors.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { parseTime, zoneMinutesOf } from '../encoding/rfc3339.ts'
import { type BlobId, isId, type ObjectId } from '../ids.ts'
import type { Snapshot, SnapshotSummary } from './snapshot.ts'

const absent = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  z.preprocess((value) => value ?? undefined, schema.optional())
const text = z.string()
const texts = z.array(text)
const time = z.string().transform((value, context) => timeOr(value, context))
const zonedTime = z.string().transform((value, context) => ({
  timeNs: timeOr(value, context),
  zoneMinutes: zoneMinutesOf(value),
}))
const objectId = z.custom<ObjectId>(isId)
const count = z.number().int().nonnegative().catch(0)
const instant = time.catch(0n)

/** Every figure is optional when read: programs differ in which they write. */
const summarySchema = z.object({
  backup_start: instant,
  backup_end: instant,
  files_new: count,
  files_changed: count,
  files_unmodified: count,
  dirs_new: count,
  dirs_changed: count,
  dirs_unmodified: count,
  data_blobs: count,
  tree_blobs: count,
  data_added: count,
  data_added_packed: count,
  total_files_processed: count,
  total_bytes_processed: count,
})

const schema = z.object({
  time: zonedTime,
  parent: absent(objectId),
  tree: z.custom<BlobId>(isId),
  paths: z.preprocess((value) => value ?? [], texts),
  hostname: absent(text),
  username: absent(text),
  uid: absent(z.number()),
  gid: absent(z.number()),
  excludes: absent(texts),
  tags: absent(texts),
  original: absent(objectId),
  program_version: absent(text),
  summary: absent(summarySchema),
})

/** @throws RedomaError `DATA_DAMAGED` */
export function decodeSnapshot(json: Uint8Array): Snapshot {
  const parsed = schema.safeParse(parseJson(json))
  if (!parsed.success) throw new RedomaError('DATA_DAMAGED', 'not a snapshot', { cause: parsed.error })
  const { time, program_version: programVersion, summary, ...same } = parsed.data
  return {
    ...same,
    ...time,
    programVersion,
    summary: summary === undefined ? undefined : summaryOf(summary),
  }
}

function summaryOf(summary: z.infer<typeof summarySchema>): SnapshotSummary {
  return {
    backupStartNs: summary.backup_start,
    backupEndNs: summary.backup_end,
    filesNew: summary.files_new,
    filesChanged: summary.files_changed,
    filesUnmodified: summary.files_unmodified,
    dirsNew: summary.dirs_new,
    dirsChanged: summary.dirs_changed,
    dirsUnmodified: summary.dirs_unmodified,
    dataBlobs: summary.data_blobs,
    treeBlobs: summary.tree_blobs,
    dataAdded: summary.data_added,
    dataAddedPacked: summary.data_added_packed,
    totalFilesProcessed: summary.total_files_processed,
    totalBytesProcessed: summary.total_bytes_processed,
  }
}

function timeOr(value: string, context: z.RefinementCtx): bigint {
  try {
    return parseTime(value)
  } catch {
    context.addIssue('not a time')
    return z.NEVER
  }
}

import { goJsonString, goJsonValue } from '../encoding/go-json.ts'
import { formatTime } from '../encoding/rfc3339.ts'
import type { Snapshot, SnapshotSummary } from './snapshot.ts'

/** The JSON of a snapshot, fields in restic's order, what is empty left out. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const fields = [
    `"time":"${formatTime(snapshot.timeNs, snapshot.zoneMinutes)}"`,
    optional('parent', snapshot.parent),
    `"tree":"${snapshot.tree}"`,
    `"paths":${goJsonValue(snapshot.paths)}`,
    optional('hostname', snapshot.hostname),
    optional('username', snapshot.username),
    optional('uid', snapshot.uid),
    optional('gid', snapshot.gid),
    optional('excludes', snapshot.excludes),
    optional('tags', snapshot.tags),
    optional('original', snapshot.original),
    optional('program_version', snapshot.programVersion),
    snapshot.summary === undefined ? '' : `"summary":${encodeSummary(snapshot.summary)}`,
  ]
  return new Uint8Array(Buffer.from(`{${fields.filter((field) => field !== '').join()}}`))
}

function optional(name: string, value: string | number | readonly string[] | undefined): string {
  if (value === undefined || value === '' || value === 0) return ''
  if (typeof value === 'object' && value.length === 0) return ''
  return `${goJsonString(name)}:${goJsonValue(value)}`
}

function encodeSummary(summary: SnapshotSummary): string {
  return JSON.stringify({
    backup_start: formatTime(summary.backupStartNs),
    backup_end: formatTime(summary.backupEndNs),
    files_new: summary.filesNew,
    files_changed: summary.filesChanged,
    files_unmodified: summary.filesUnmodified,
    dirs_new: summary.dirsNew,
    dirs_changed: summary.dirsChanged,
    dirs_unmodified: summary.dirsUnmodified,
    data_blobs: summary.dataBlobs,
    tree_blobs: summary.treeBlobs,
    data_added: summary.dataAdded,
    data_added_packed: summary.dataAddedPacked,
    total_files_processed: summary.totalFilesProcessed,
    total_bytes_processed: summary.totalBytesProcessed,
  })
}

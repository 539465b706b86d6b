import { RedomaError } from '../../core/errors.ts'
import {
  type Fields,
  fieldsOf,
  isAbsent,
  optionalCountIn,
  optionalTextIn,
  textIn,
  textsIn,
} from '../encoding/fields.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { parseTime, zoneMinutesOf } from '../encoding/rfc3339.ts'
import { isId, type ObjectId, parseBlobId } from '../ids.ts'
import type { Snapshot, SnapshotSummary } from './snapshot.ts'

/** @throws RedomaError `DATA_DAMAGED` */
export function decodeSnapshot(json: Uint8Array): Snapshot {
  const fields = fieldsOf(parseJson(json))
  const time = textIn(fields, 'time')
  return {
    timeNs: parseTime(time),
    zoneMinutes: zoneMinutesOf(time),
    parent: optionalId(fields, 'parent'),
    tree: parseBlobId(fields['tree']),
    paths: textsIn(fields, 'paths') ?? [],
    hostname: optionalTextIn(fields, 'hostname'),
    username: optionalTextIn(fields, 'username'),
    uid: optionalCountIn(fields, 'uid'),
    gid: optionalCountIn(fields, 'gid'),
    excludes: textsIn(fields, 'excludes'),
    tags: textsIn(fields, 'tags'),
    original: optionalId(fields, 'original'),
    programVersion: optionalTextIn(fields, 'program_version'),
    summary: isAbsent(fields['summary']) ? undefined : summaryOf(fieldsOf(fields['summary'])),
  }
}

/** Every figure is optional when read: programs differ in which they write. */
function summaryOf(fields: Fields): SnapshotSummary {
  const count = (name: string): number => {
    const value = fields[name]
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0
  }
  const instant = (name: string): bigint => {
    try {
      return parseTime(fields[name])
    } catch {
      return 0n
    }
  }
  return {
    backupStartNs: instant('backup_start'),
    backupEndNs: instant('backup_end'),
    filesNew: count('files_new'),
    filesChanged: count('files_changed'),
    filesUnmodified: count('files_unmodified'),
    dirsNew: count('dirs_new'),
    dirsChanged: count('dirs_changed'),
    dirsUnmodified: count('dirs_unmodified'),
    dataBlobs: count('data_blobs'),
    treeBlobs: count('tree_blobs'),
    dataAdded: count('data_added'),
    dataAddedPacked: count('data_added_packed'),
    totalFilesProcessed: count('total_files_processed'),
    totalBytesProcessed: count('total_bytes_processed'),
  }
}

function optionalId(fields: Fields, name: string): ObjectId | undefined {
  const value = fields[name]
  if (isAbsent(value)) return undefined
  if (isId(value)) return value as ObjectId
  throw new RedomaError('DATA_DAMAGED', `"${name}" of a snapshot is no id`)
}

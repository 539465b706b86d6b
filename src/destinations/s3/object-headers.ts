import type { Clock } from '../../ports/clock.ts'
import type { ObjectName } from '../../ports/destination.ts'
import type { S3Spec } from '../../ports/destination-spec.ts'

export const lockMode = 'x-amz-object-lock-mode'
export const lockDate = 'x-amz-object-lock-retain-until-date'

/** What the store is to do with an object, as headers of its creation. */
export function headersOf(spec: S3Spec, clock: Clock, name: ObjectName): Readonly<Record<string, string>> {
  if (isFleeting(name)) return encryptionOf(spec)
  const { storageClass, lock } = spec
  return {
    ...encryptionOf(spec),
    ...(storageClass === undefined ? {} : { 'x-amz-storage-class': storageClass }),
    ...(lock === undefined
      ? {}
      : {
          [lockMode]: lock.mode.toUpperCase(),
          [lockDate]: daysFrom(clock, lock.days),
        }),
  }
}

/** Object lock needs a checksum of the old kind. */
export function isLocked(headers: Readonly<Record<string, string>>): boolean {
  return lockMode in headers
}

/**
 * Locks of a repository, and what a test or a probe of the destination writes: removed in minutes, and worth nothing to anybody. To retain them
 * would only keep them for as long as a backup, and bill them as the least time of a storage class.
 */
function isFleeting(name: ObjectName): boolean {
  return /(?:^|\/)locks\/[0-9a-f]{64}$/.test(name) || /^redoma-(?:test-|probe\/)/.test(name)
}

function encryptionOf({ encryption }: S3Spec): Readonly<Record<string, string>> {
  if (encryption === undefined) return {}
  const kind = { 'x-amz-server-side-encryption': encryption.kind }
  if (encryption.kind === 'AES256' || encryption.key === undefined) return kind
  return { ...kind, 'x-amz-server-side-encryption-aws-kms-key-id': encryption.key }
}

function daysFrom(clock: Clock, days: number): string {
  return new Date(clock.now().getTime() + days * 24 * 60 * 60 * 1000).toISOString()
}

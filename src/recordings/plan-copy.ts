import type { RecordingCopy } from '../ports/catalogue.ts'

export type CopyPlan =
  /** A copy of the recording as it is now lies there. */
  | { readonly kind: 'sealed' }
  /** None ever did. */
  | { readonly kind: 'seal'; readonly number: number }
  /** `former` is the newest copy of what the recording was before it changed. */
  | { readonly kind: 'seal-changed'; readonly number: number; readonly former: RecordingCopy }
  /** `lost` was there, and is not any more. */
  | { readonly kind: 'seal-lost'; readonly number: number; readonly lost: RecordingCopy }

/** What to do about a recording at a destination, from the copies of it that were sealed there: `<id>`, `<id>-2` … */
export function planCopy(
  copies: readonly RecordingCopy[],
  fingerprint: string,
  isThere: (folder: string) => boolean,
): CopyPlan {
  const newestFirst = copies.toSorted((a, b) => numberOf(b) - numberOf(a))
  const [former] = newestFirst
  if (former === undefined) return { kind: 'seal', number: 1 }
  const number = numberOf(former) + 1
  const same = newestFirst.filter((copy) => copy.fingerprint === fingerprint)
  if (same.some((copy) => isThere(copy.folder))) return { kind: 'sealed' }
  const [lost] = same
  return lost === undefined ? { kind: 'seal-changed', number, former } : { kind: 'seal-lost', number, lost }
}

/** The first copy has the recording's own id; those of what it became later count from 2. */
export function copyId(recordingId: string, number: number): string {
  return number === 1 ? recordingId : `${recordingId}-${number}`
}

/** The id without the number of the copy. */
export function originalId(copyId: string): string {
  return copyId.split('-', 1)[0] ?? copyId
}

function numberOf(copy: RecordingCopy): number {
  return Number(copy.recordingId.split('-')[1] ?? 1)
}

/** `recordings/<yyyy>/<mm>/<dd>/<id>`, by the day in UTC. */
export function copyFolder(day: Date, id: string): string {
  const [date = ''] = day.toISOString().split('T')
  return `recordings/${date.replaceAll('-', '/')}/${id}`
}

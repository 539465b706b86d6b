import { compactTime } from '../core/compact-time.ts'

/** What the name of a bundle's file says. */
export interface BundleName {
  /** `INSTANCE`, or `INSTANCE.SCOPE`: what all bundles of one vault, or of one scope of it, begin with. */
  readonly stem: string
  /** When it was made, to the second. */
  readonly time: Date
  /** Counts the bundles of one stem. */
  readonly sequence: number
}

/** `INSTANCE-20261128T010203Z-42.age`, without a folder. */
export function encodeBundleName({ stem, time, sequence }: BundleName): string {
  return `${stem}-${compactTime(time)}-${sequence}.age`
}

/** @param path of it, or its name alone; `undefined` for what is called otherwise */
export function parseBundleName(path: string): BundleName | undefined {
  const parts = /(?:^|\/)([^/]+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(\d{1,15})\.age$/.exec(path)
  if (parts === null) return undefined
  const [, stem = '', year, month, day, hour, minute, second, sequence] = parts
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time.getTime()) ? undefined : { stem, time, sequence: Number(sequence) }
}

import { readableFingerprint } from '../../bundle/ceremony/wrap-identity.ts'
import { widthOf } from '../fit.ts'
import type { Style } from '../style.ts'

const columnsOfLine = 39

/** A fingerprint for a person who compares it with paper: on a terminal in two lines, as it stands on the card; elsewhere in one. */
export function fingerprintLines(
  name: string,
  fingerprint: string,
  { columns }: Style,
  shown: (text: string) => string = (text) => text,
): string[] {
  if (columns === undefined) return [`${name} ${shown(readableFingerprint(fingerprint))}`]
  const [first = '', second = ''] = fingerprintFact(fingerprint).split('\n')
  return [`${name} ${shown(first)}`, `${' '.repeat(widthOf(name))} ${shown(second)}`]
}

/** The same, as the value of a fact. */
export function fingerprintFact(fingerprint: string): string {
  const groups = readableFingerprint(fingerprint)
  return `${groups.slice(0, columnsOfLine)}\n${groups.slice(columnsOfLine + 1)}`
}

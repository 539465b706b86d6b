import type { CredentialRecord, FormerSecret } from '../../ports/credential.ts'
import { encodeCredential } from '../../ports/credential-json.ts'

/** A record in the catalogue has a time of its last change, always. */
export type DatedRecord = CredentialRecord & { readonly changedAt: Date }

/**
 * What becomes of the known record when `incoming` is put over it; `undefined` when nothing changes. No value that was
 * ever known is lost: a secret that gives way, and whatever history either side has, is in the result's history.
 */
export function mergeCredential(
  known: CredentialRecord,
  incoming: CredentialRecord,
  now: Date,
): DatedRecord | undefined {
  const merged = {
    ...incoming,
    createdAt: incoming.createdAt ?? known.createdAt,
    changedAt: incoming.changedAt ?? known.changedAt,
    history: mergeHistory(known, incoming, now),
  }
  if (isSame(known, merged)) return undefined
  return { ...merged, changedAt: incoming.changedAt ?? now }
}

function isSame(a: CredentialRecord, b: CredentialRecord): boolean {
  return JSON.stringify(encodeCredential(a)) === JSON.stringify(encodeCredential(b))
}

function mergeHistory(known: CredentialRecord, incoming: CredentialRecord, now: Date): FormerSecret[] {
  const added = unknownTo(known.history, incoming.history)
  const history = newestFirst([...known.history, ...added])
  const { secret } = known
  if (secret === undefined || (incoming.secret?.equals(secret) ?? false)) return history
  // The other program may have told of the change itself, and then it knows better when that was.
  if (added.some((former) => former.secret.equals(secret))) return history
  return newestFirst([{ secret, since: known.history[0]?.until, until: now }, ...history])
}

/**
 * The entries that are new. One is known by value and time, or else by value alone: programs round times, and this
 * catalogue notes the time of the import where another noted that of the change. A value that was used twice counts twice.
 */
function unknownTo(known: readonly FormerSecret[], incoming: readonly FormerSecret[]): FormerSecret[] {
  const unmatched = [...known]
  const withoutExact = incoming.filter((former) => !takeMatch(unmatched, former, true))
  return withoutExact.filter((former) => !takeMatch(unmatched, former, false))
}

/** Takes the first entry that matches out of the list; false when there is none. */
function takeMatch(entries: FormerSecret[], wanted: FormerSecret, withTime: boolean): boolean {
  const index = entries.findIndex(
    ({ secret, until }) =>
      secret.equals(wanted.secret) && (!withTime || until.getTime() === wanted.until.getTime()),
  )
  if (index < 0) return false
  entries.splice(index, 1)
  return true
}

export function newestFirst(history: readonly FormerSecret[]): FormerSecret[] {
  return history.toSorted((a, b) => b.until.getTime() - a.until.getTime())
}

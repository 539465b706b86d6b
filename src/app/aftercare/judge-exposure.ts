import { z } from 'zod'
import { type CredentialFacts, credentialFactsSchema, type ValueTags } from '../../ports/bundle-store.ts'
import { letsIn } from '../coverage/content-of.ts'
import type { SeenCredential } from '../coverage/judge-credential.ts'

export const exposureStates = ['open', 'unknown', 'settled', 'removed', 'changed', 'harmless'] as const

/**
 * What became of a credential that was in an opened bundle: a value of it that lets somebody in is still the same; it cannot be read now; the
 * same or removed, and somebody has said that this is right; it is not in the vault any more, which changes nothing at what it opens; all are
 * new; there was none.
 */
export type ExposureState = (typeof exposureStates)[number]

export interface ExposureLine {
  readonly source: string
  readonly id: string
  /** As people know it now; where it is gone, as they knew it. */
  readonly facts: CredentialFacts
  readonly state: ExposureState
  /** Names of the values that were in the bundle and are still the same. */
  readonly unchanged: readonly string[]
  /** Names of those that are not any more. */
  readonly changed: readonly string[]
  /** Why it was settled. */
  readonly why?: string | undefined
}

export const exposureLine: z.ZodType<ExposureLine> = z.object({
  source: z.string(),
  id: z.string(),
  facts: credentialFactsSchema,
  state: z.enum(exposureStates),
  unchanged: z.array(z.string()),
  changed: z.array(z.string()),
  why: z.string().optional(),
})

/** What was in the bundle. */
export interface Exposed {
  readonly source: string
  readonly id: string
  readonly facts: CredentialFacts
  readonly tags: ValueTags
}

/** @param now absent where it was not met: then `isSourceRead` says whether it is gone */
export function judgeExposure(
  { source, id, facts, tags }: Exposed,
  now: SeenCredential | undefined,
  isSourceRead: boolean,
): ExposureLine {
  const exposed = Object.keys(tags)
    .filter((name) => letsIn(facts.kind, name))
    .toSorted((a, b) => rankOf(a) - rankOf(b))
  const line = { source, id, facts: now?.facts ?? facts, unchanged: [], changed: [] }
  if (exposed.length === 0) return { ...line, state: 'harmless' }
  if (now === undefined) return { ...line, state: isSourceRead ? 'removed' : 'unknown' }
  if (now.tags === undefined) return { ...line, state: 'unknown' }
  // Wherever it is now: a password that was moved to another field is still the password.
  const present = new Set(Object.values(now.tags))
  const isSame = (name: string): boolean => present.has(tags[name] ?? '')
  const unchanged = exposed.filter(isSame)
  const changed = exposed.filter((name) => !isSame(name))
  return { ...line, state: unchanged.length > 0 ? 'open' : 'changed', unchanged, changed }
}

/** What people look for first comes first. */
function rankOf(name: string): number {
  return ['secret', 'totp', 'hidden', 'attachment'].indexOf(name.split('/')[0] ?? '')
}

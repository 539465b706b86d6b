import { z } from 'zod'
import {
  type ContentSpan,
  type CredentialFacts,
  credentialFactsSchema,
  type ValueTags,
} from '../../ports/bundle-store.ts'
import { areEqual, isEmpty } from './content-of.ts'
import { newestOf, type ShelvedBundle, type Shelves } from './shelves.ts'

export const coverageStates = ['never', 'changed', 'unknown', 'removed', 'covered'] as const

/**
 * How a credential stands to the bundles that can be had: in none; in some, with another value than it has now; in some, and it cannot be
 * compared; in some, and it is not in the vault any more; the newest bundle in which it is has its present value.
 */
export type CoverageState = (typeof coverageStates)[number]

export const conditions = ['damaged', 'empty', 'healthy', 'unknown'] as const

/** `empty`: there is no secret in it. Of what is removed, and of what was not read, nothing is known. */
export type Condition = (typeof conditions)[number]

export interface CoverageLine {
  readonly source: string
  readonly id: string
  readonly facts: CredentialFacts
  readonly state: CoverageState
  readonly condition: Condition
  /** Why it is damaged, in one line. */
  readonly damage?: string | undefined
  /** The newest bundle that can be had and has it. */
  readonly last?: ShelvedBundle | undefined
}

const text = z.string()

/** As it waits in a spool. */
export const coverageLine: z.ZodType<CoverageLine> = z.object({
  source: text,
  id: text,
  facts: credentialFactsSchema,
  state: z.enum(coverageStates),
  condition: z.enum(conditions),
  damage: text.optional(),
  last: z
    .object({
      scope: text,
      sequence: z.int(),
      name: text,
      time: text.transform((time) => new Date(time)),
      destinations: z.array(text),
    })
    .optional(),
})

/** A credential that is in the vault. */
export interface SeenCredential {
  readonly source: string
  readonly id: string
  readonly facts: CredentialFacts
  /** Absent where it could not be read. */
  readonly tags?: ValueTags | undefined
  /** What is wrong with it, or with one of its attachments. */
  readonly damage?: string | undefined
}

/** @param spans of the credential, the newest first */
export function judgePresent(
  { source, id, facts, tags, damage }: SeenCredential,
  spans: readonly ContentSpan[],
  shelves: Shelves,
): CoverageLine {
  const newest = newestOfAll(spans, shelves)
  return {
    source,
    id,
    facts,
    state: stateOf(tags, newest?.span),
    condition: conditionOf(facts, tags, damage),
    damage,
    last: newest?.bundle,
  }
}

function stateOf(tags: ValueTags | undefined, span: ContentSpan | undefined): CoverageState {
  if (span === undefined) return 'never'
  if (tags === undefined) return 'unknown'
  return areEqual(span.tags, tags) ? 'covered' : 'changed'
}

function conditionOf(
  { kind }: CredentialFacts,
  tags: ValueTags | undefined,
  damage: string | undefined,
): Condition {
  if (damage !== undefined || tags === undefined) return 'damaged'
  return isEmpty(kind, tags) ? 'empty' : 'healthy'
}

/**
 * Of a credential that was not met, by its spans, the newest first.
 *
 * @returns `undefined` where it is in no bundle any more
 */
export function judgeAbsent(
  spans: readonly ContentSpan[],
  isSourceRead: boolean,
  shelves: Shelves,
): CoverageLine | undefined {
  const newest = newestOfAll(spans, shelves)
  if (newest === undefined) return undefined
  const { source, id, facts } = newest.span
  const state = isSourceRead ? 'removed' : 'unknown'
  return { source, id, facts, state, condition: 'unknown', last: newest.bundle }
}

interface Newest {
  readonly span: ContentSpan
  readonly bundle: ShelvedBundle
}

/** Of each scope the highest number, whatever the clock said; of all scopes the one that was made last. */
function newestOfAll(spans: readonly ContentSpan[], shelves: Shelves): Newest | undefined {
  const found = new Map<string, Newest>()
  for (const span of spans) {
    const bundle = found.has(span.scope) ? undefined : newestOf(span, shelves)
    if (bundle !== undefined) found.set(span.scope, { span, bundle })
  }
  return [...found.values()].toSorted((a, b) => b.bundle.time.getTime() - a.bundle.time.getTime())[0]
}

import { z } from 'zod'
import {
  type ContentSpan,
  type CredentialFacts,
  credentialFactsSchema,
  type ValueTags,
} from '../../ports/bundle-store.ts'
import type { Filed } from '../scopes/take-in.ts'
import { areEqual, isEmpty } from './content-of.ts'
import { newestOf, type ShelvedBundle, type Shelves } from './shelves.ts'

export const coverageStates = ['never', 'changed', 'doubtful', 'unknown', 'removed', 'covered'] as const

/**
 * How a credential stands to the bundles that can be had: in none; in some, with another value than it has now; with its present value in
 * bundles that were published in doubt and in no good one; in some, and it cannot be compared; in some, and it is not in the vault any more; of
 * some scope, the newest good bundle in which it is has its present value.
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
  /** The newest bundle that can be had and has it: with its present value where any has. */
  readonly last?: ShelvedBundle | undefined
  /** Of which bundles it is covered, or has its present value in doubt: names of scopes, `''` for the whole vault. The newest first. */
  readonly scopes: readonly string[]
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
      doubts: z.int(),
    })
    .optional(),
  scopes: z.array(text),
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
  /** What says to which scopes it belongs; absent where it could not be read. */
  readonly filed?: Filed | undefined
}

/** Bundles that may cover a credential. */
export interface JudgedShelves {
  readonly all: Shelves
  /** But for those in doubt. */
  readonly good: Shelves
}

/** @param spans of the credential, the newest first */
export function judgePresent(
  { source, id, facts, tags, damage }: SeenCredential,
  spans: readonly ContentSpan[],
  shelves: JudgedShelves,
): CoverageLine {
  const all = newestOfEach(spans, shelves.all)
  const hasPresentValue = ({ span }: Newest): boolean => tags !== undefined && areEqual(span.tags, tags)
  const covering = newestOfEach(spans, shelves.good).filter(hasPresentValue)
  const having = covering.length > 0 ? covering : all.filter(hasPresentValue)
  return {
    source,
    id,
    facts,
    state: stateOf(tags, all.length > 0, having.length > 0, covering.length > 0),
    condition: conditionOf(facts, tags, damage),
    damage,
    last: (having[0] ?? all[0])?.bundle,
    scopes: having.map(({ span }) => span.scope),
  }
}

function stateOf(
  tags: ValueTags | undefined,
  isInAny: boolean,
  isAsNow: boolean,
  isInGood: boolean,
): CoverageState {
  if (!isInAny) return 'never'
  if (tags === undefined) return 'unknown'
  if (isInGood) return 'covered'
  return isAsNow ? 'doubtful' : 'changed'
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
  shelves: JudgedShelves,
): CoverageLine | undefined {
  const [newest] = newestOfEach(spans, shelves.all)
  if (newest === undefined) return undefined
  const { source, id, facts } = newest.span
  const state = isSourceRead ? 'removed' : 'unknown'
  return { source, id, facts, state, condition: 'unknown', last: newest.bundle, scopes: [] }
}

interface Newest {
  readonly span: ContentSpan
  readonly bundle: ShelvedBundle
}

/** Of each scope the bundle with the highest number, whatever the clock said; the one that was made last comes first. */
function newestOfEach(spans: readonly ContentSpan[], shelves: Shelves): Newest[] {
  const found = new Map<string, Newest>()
  for (const span of spans) {
    const bundle = found.has(span.scope) ? undefined : newestOf(span, shelves)
    if (bundle !== undefined) found.set(span.scope, { span, bundle })
  }
  return [...found.values()].toSorted((a, b) => b.bundle.time.getTime() - a.bundle.time.getTime())
}

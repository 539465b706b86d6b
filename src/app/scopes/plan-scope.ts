import { RedomaError } from '../../core/errors.ts'
import type { Progress } from '../../ports/progress.ts'
import { type Scope, type ScopeSelection } from '../../ports/scope.ts'
import type { InspectedCredential, SecretsSource } from '../../ports/source.ts'
import { inspected } from '../coverage/walk-vault.ts'
import { type Filed, matches, overlap, type Selector, selectorsOf, takesIn, wordsOf } from './take-in.ts'

/** A credential that a scope takes in now. No secret. */
export interface TakenIn {
  readonly source: string
  readonly id: string
  readonly title: string
  readonly folder?: string | undefined
  readonly owner?: string | undefined
}

/** What a scope comes to today. */
export interface ScopePlan {
  readonly credentials: readonly TakenIn[]
  /** How many there are in the vault. */
  readonly ofAll: number
  /** What it names that no credential has. */
  readonly unmatched: readonly Selector[]
  /** Names that could be given instead, by kind. */
  readonly known: Readonly<Record<Selector['kind'], readonly string[]>>
  /** Other scopes in which some of its credentials are, too. */
  readonly shared: readonly SharedWith[]
}

export interface SharedWith {
  readonly scope: Scope
  readonly credentials: number
  /** What both name, where they do; it may be in no credential yet. */
  readonly selector?: Selector | undefined
}

/**
 * Reads every source as a backup does, and tells what a scope would take in.
 *
 * @throws RedomaError `SOURCE_UNREADABLE` what sources throw: of half a vault nobody can say what is in it
 */
export type PlanScope = (
  scope: ScopeSelection,
  others: readonly Scope[],
  progress: Progress,
  signal: AbortSignal,
) => Promise<ScopePlan>

export interface PlanScopeDeps {
  sources(): Promise<readonly SecretsSource[]>
}

export function makePlanScope(deps: PlanScopeDeps): PlanScope {
  return async (scope, others, progress, signal) => {
    const tally = startTally(scope, others)
    progress({ kind: 'step', title: 'Reading credentials', unit: 'records' })
    let done = 0
    for (const source of await deps.sources()) {
      for await (const one of inspected(source, signal)) {
        signal.throwIfAborted()
        tally.see(source.name, one)
        done += 1
        progress({ kind: 'advance', done })
      }
    }
    return tally.plan()
  }
}

function startTally(scope: ScopeSelection, others: readonly Scope[]) {
  const credentials: TakenIn[] = []
  const unmatched = new Set(selectorsOf(scope))
  const known = { folder: new Set<string>(), tag: new Set<string>(), owner: new Set<string>() }
  const shared = new Map<Scope, number>()
  let ofAll = 0
  return {
    see(source: string, credential: InspectedCredential): void {
      const filed = filedOf(credential)
      ofAll += 1
      if (filed.folder !== undefined) known.folder.add(filed.folder)
      if (filed.owner !== undefined) known.owner.add(filed.owner)
      for (const tag of filed.tags) known.tag.add(tag)
      for (const selector of unmatched) if (matches(selector, filed)) unmatched.delete(selector)
      if (!takesIn(scope, filed)) return
      const { id, title, folder, owner } = filed
      credentials.push({ source, id, title, folder, owner })
      for (const other of others) {
        if (takesIn(other, filed)) shared.set(other, (shared.get(other) ?? 0) + 1)
      }
    },
    plan: (): ScopePlan => ({
      credentials,
      ofAll,
      unmatched: [...unmatched],
      known: {
        folder: [...known.folder].sort(),
        tag: [...known.tag].sort(),
        owner: [...known.owner].sort(),
      },
      shared: others.flatMap((other) => {
        const selector = overlap(scope, other)
        const both = shared.get(other) ?? 0
        return both === 0 && selector === undefined ? [] : [{ scope: other, credentials: both, selector }]
      }),
    }),
  }
}

/** Of one that cannot be read, tags are not known: it is read again at the next backup, which fails until it can be. */
function filedOf(credential: InspectedCredential): Filed & { readonly id: string; readonly title: string } {
  if (credential.kind === 'whole') return credential.record
  return { ...credential.facts, id: credential.id, tags: [] }
}

/** @throws RedomaError `NOT_FOUND` for what it names and nobody has, most likely a slip */
export function requireMatched({ unmatched, known }: ScopePlan): void {
  const [first] = unmatched
  if (first === undefined) return
  const names = known[first.kind]
  const some = names
    .slice(0, 8)
    .map((name) => JSON.stringify(name))
    .join(', ')
  const there =
    names.length === 0 ? `No credential has one.` : `There are: ${some}${names.length > 8 ? ' …' : ''}.`
  throw new RedomaError('NOT_FOUND', `no credential has the ${wordsOf(first)}`, {
    hint: `${there} --allow-empty takes it all the same.`,
  })
}

/** What is left to one scope alone cannot be left to two. @throws RedomaError `AMBIGUOUS` */
export function requireSeparate(isExclusive: boolean, { shared }: ScopePlan): void {
  if (!isExclusive) return
  const other = shared.find(({ scope }) => scope.isExclusive)
  if (other === undefined) return
  const { scope, credentials, selector } = other
  const what = selector === undefined ? `${credentials} of its credentials` : `the ${wordsOf(selector)}`
  const message = `the exclusive scope ${scope.name} takes in ${what}, too: each credential can be left to one scope only`
  throw new RedomaError('AMBIGUOUS', message, {
    hint: 'Name other folders, tags or owners, or make one of both --shared.',
  })
}

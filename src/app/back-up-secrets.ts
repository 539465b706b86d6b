import type { CredentialFiles, LeftOut } from '../bundle/contents/bundle-input.ts'
import { keepRecords } from '../bundle/contents/kept-records.ts'
import { wholeVault } from '../ports/bundle-store.ts'
import type { Generation, RunPart } from '../ports/catalogue.ts'
import type { Progress } from '../ports/progress.ts'
import type { Scope } from '../ports/scope.ts'
import { removeOldSpools } from './bundle-spool.ts'
import type { BundleDeps } from './bundles/bundle-deps.ts'
import { type BundleRun, makeBundle, refuseAll } from './bundles/make-bundle.ts'
import { gatherSecrets } from './gather-secrets.ts'
import { inTurn } from './in-turn.ts'
import { keyOf, noCeremony } from './scopes/scope-key.ts'
import { type SortedVault, sortByScope } from './scopes/sort-by-scope.ts'
import { stillWanted } from './scopes/still-wanted.ts'
import type { Target } from './target.ts'

/**
 * Makes a bundle of each scope, and one of every source's credentials, and publishes them at every target. The ledger learns of one only where it
 * was read back and decrypted to its end, or where nothing can be read, flushed. Without a ceremony, or without credentials, every target has a failed part.
 */
export type BackUpSecrets = (
  run: number,
  targets: readonly Target[],
  progress: Progress,
  signal: AbortSignal,
) => Promise<readonly RunPart[]>

export function makeBackUpSecrets(deps: BundleDeps): BackUpSecrets {
  const turns = inTurn()
  return (_run, targets, progress, signal) =>
    turns('secrets', async () => {
      const run = { deps, targets, startedAt: deps.clock.now(), progress, signal }
      try {
        await removeOldSpools(deps.runFolder)
        return await backUpSecrets(run)
      } catch (error) {
        signal.throwIfAborted()
        return refuseAll(run, wholeVault, error)
      }
    })
}

/** Scopes come first: what of them was published decides what the bundle of the whole vault must have. */
async function backUpSecrets(run: BundleRun): Promise<readonly RunPart[]> {
  const { deps, progress, signal } = run
  const { catalogue } = deps
  const scopes = await catalogue.scopes.list()
  const generation = await catalogue.generations.current()
  if (generation === undefined && !scopes.some(({ hasOwnKey }) => hasOwnKey)) throw noCeremony()
  using kept = keepRecords()
  const vault = sortByScope(scopes)
  await gatherSecrets(await deps.sources(), kept, vault, progress, signal)
  const parts: RunPart[] = []
  const published = new Set<string>()
  for (const scope of scopes) {
    const made = await makeScopeBundle(run, scope, vault)
    parts.push(...made)
    if (made.some(({ outcome }) => outcome.kind !== 'failed')) published.add(scope.name)
  }
  return [...parts, ...(await makeWholeBundle(run, scopes, vault, published, generation, kept.files))]
}

/** What a scope took in before it was changed is not looked for in it. */
async function makeScopeBundle(
  run: BundleRun,
  scope: Scope,
  vault: SortedVault,
): Promise<readonly RunPart[]> {
  const generation = await keyOf(run.deps.catalogue, scope)
  if (generation === undefined) {
    return refuseAll(run, scope.name, noCeremony(scope.hasOwnKey ? scope.name : undefined))
  }
  const before = await run.deps.catalogue.bundles.latest(scope.name)
  const expected = before === undefined || before.createdAt < scope.changedAt ? 0 : before.credentials
  const records = vault.of(scope)
  return makeBundle(run, { scope: scope.name, records, generation, before, expected, leftOut: [] })
}

async function makeWholeBundle(
  run: BundleRun,
  scopes: readonly Scope[],
  vault: SortedVault,
  published: ReadonlySet<string>,
  generation: Generation | undefined,
  all: CredentialFiles,
): Promise<readonly RunPart[]> {
  if (generation === undefined) return refuseAll(run, wholeVault, noCeremony())
  const { catalogue } = run.deps
  const { records, left } = vault.rest(published)
  const before = await catalogue.bundles.latest()
  const expected = await stillWanted(catalogue, before, left)
  const leftOut = scopes
    .filter(({ name, isExclusive }) => isExclusive && published.has(name))
    .map((scope) => leftTo(scope, vault))
  const files = left.length === 0 ? all : undefined
  return makeBundle(run, { scope: wholeVault, records, files, generation, before, expected, leftOut })
}

function leftTo(scope: Scope, vault: SortedVault): LeftOut {
  const { length } = vault.of(scope)
  return {
    what: `${length} of the scope ${scope.name}`,
    why: 'the scope is exclusive: they are in its own bundle alone',
  }
}

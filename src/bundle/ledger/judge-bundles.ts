import type { Manifest } from '../contents/manifest.ts'
import type { LedgerEntry } from './line.ts'

/** A bundle that was opened, and the entry of the ledger by which it lies there. */
export interface OpenedBundle {
  readonly entry: LedgerEntry
  readonly manifest: Manifest
}

export interface BundleFinding {
  readonly object: LedgerEntry['object']
  /** One line for a person. */
  readonly message: string
}

/** Compares what bundles say of themselves and of the one before with what the ledger says of them. Pure. */
export function judgeBundles(
  instance: string,
  entries: readonly LedgerEntry[],
  opened: readonly OpenedBundle[],
): readonly BundleFinding[] {
  const put = bundlesPut(entries)
  return opened.flatMap(({ entry, manifest }) =>
    [...judgeOne(instance, firstPut(entries, entry), manifest), ...judgeChain(put, manifest)].map(
      (message) => ({
        object: entry.object,
        message: `${entry.object} ${message}`,
      }),
    ),
  )
}

/** As it was put at first: a bundle that got a new header since says of itself what it said then. */
function firstPut(entries: readonly LedgerEntry[], entry: LedgerEntry): LedgerEntry {
  let first: LedgerEntry | undefined
  for (const one of entries) {
    if (one.object !== entry.object) continue
    if (one.event === 'removed') first = undefined
    else if (one.event === 'put') first ??= one
    if (one === entry || one.sha256 === entry.sha256) return first ?? entry
  }
  return first ?? entry
}

function judgeOne(instance: string, { detail }: LedgerEntry, manifest: Manifest): string[] {
  const { generation, sequence, doubts = [] } = manifest
  if (manifest.instance.id !== instance) return [`was made by another instance, ${manifest.instance.id}`]
  const pairs = [
    ['scope', manifest.scope ?? '', detail['scope'] ?? ''],
    ['bundle', sequence, detail['sequence']],
    ['generation', generation.number, detail['generation']],
    ['fingerprint', generation.fingerprint, detail['fingerprint']],
    ['doubts', doubts.length, detail['doubts'] ?? 0],
  ] as const
  return pairs.flatMap(([what, found, listed]) =>
    listed === undefined || listed === found
      ? []
      : [`says ${what} ${found} of itself, but the ledger says ${listed}`],
  )
}

/** The chain between bundles: each names the hash of the one before. */
function judgeChain(
  put: ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>>,
  { scope = '', previous }: Manifest,
): string[] {
  const listed = previous === null ? undefined : put.get(scope)?.get(previous.sequence)
  if (previous === null || listed === undefined || listed.has(previous.sha256)) return []
  return [`was made after another bundle ${previous.sequence} than the one that was put here`]
}

/** By scope, hashes of what was ever put as bundle 1, 2, 3 …, removed ones too. */
function bundlesPut(entries: readonly LedgerEntry[]): Map<string, Map<number, Set<string>>> {
  const put = new Map<string, Map<number, Set<string>>>()
  for (const { kind, event, detail, sha256 } of entries) {
    const { sequence, scope = '' } = detail
    if (kind !== 'bundle' || event !== 'put' || typeof sequence !== 'number') continue
    const ofScope = put.get(String(scope)) ?? new Map<number, Set<string>>()
    put.set(String(scope), ofScope.set(sequence, (ofScope.get(sequence) ?? new Set()).add(sha256)))
  }
  return put
}

/** Numbers of bundles that were never put here, though later ones were: `4`, `4 to 7`, `4 of the scope network`. */
export function missingSequences(entries: readonly LedgerEntry[]): string[] {
  return [...bundlesPut(entries)].flatMap(([scope, put]) => {
    const numbers = [...put.keys()].sort((a, b) => a - b)
    const whose = scope === '' ? '' : ` of the scope ${scope}`
    return numbers.flatMap((number, index) => {
      const from = (numbers[index - 1] ?? number - 1) + 1
      if (from === number) return []
      return [`${from === number - 1 ? from : `${from} to ${number - 1}`}${whose}`]
    })
  })
}

import { currentObjects } from '../bundle/ledger/current-objects.ts'
import type { LedgerEntry } from '../bundle/ledger/line.ts'
import { isRedomaError } from '../core/errors.ts'
import type { Destination, ObjectName } from '../ports/destination.ts'
import type { Progress } from '../ports/progress.ts'
import { digestObject } from './object-digest.ts'
import { folderOf, isOfScope } from './scopes/scope-folder.ts'

export interface GlassProblem {
  readonly kind: 'ledger' | 'forged' | 'missing' | 'altered' | 'unreadable' | 'unlisted'
  readonly object: ObjectName
  /** One line for a person. */
  readonly message: string
  /** What to do first. */
  readonly hint?: string | undefined
}

export interface GlassVerdict {
  /** Objects that were read to their end and are as the ledger says. */
  readonly objects: number
  readonly bytes: number
  /** Empty: everything that was ever put there, and not removed since, is there and unaltered. */
  readonly problems: readonly GlassProblem[]
}

/** What only ledgers list; `system/` has its own check, that of its repository. */
const listedFolders = ['secrets/', 'recordings/', 'ledger.found-', 'ledger.stamp-']

/**
 * Compares what lies at a destination with what its ledger says, and reads every object to its end.
 *
 * @param scope the objects of this one alone; the ledger is of all
 * @throws RedomaError what the destination throws, other than for objects that are missing, cut off or unreadable
 */
export async function verifyObjects(
  destination: Destination,
  ledger: { readonly entries: readonly LedgerEntry[]; readonly problems: readonly GlassProblem[] },
  progress: Progress,
  signal: AbortSignal,
  scope?: string,
): Promise<GlassVerdict> {
  const isWanted = (name: ObjectName): boolean => scope === undefined || isOfScope(name, scope)
  const expected = new Map([...currentObjects(ledger.entries)].filter(([name]) => isWanted(name)))
  progress({ kind: 'step', title: 'Reading bundles and recordings', unit: 'files', total: expected.size })
  const problems = [...ledger.problems]
  let objects = 0
  let bytes = 0
  for (const entry of expected.values()) {
    const problem = await checkObject(destination, entry, signal)
    if (problem !== undefined) problems.push(problem)
    else bytes += entry.bytes
    objects += 1
    progress({ kind: 'advance', done: objects, detail: entry.object })
  }
  problems.push(...(await findUnlisted(destination, expected, scope, signal)))
  const isWrong = new Set(problems.map(({ object }) => object))
  return { objects: [...expected.keys()].filter((name) => !isWrong.has(name)).length, bytes, problems }
}

async function checkObject(
  destination: Destination,
  { object, bytes, sha256 }: LedgerEntry,
  signal: AbortSignal,
): Promise<GlassProblem | undefined> {
  try {
    const found = await digestObject(destination, object, signal, bytes)
    if (found.sha256 === sha256) return undefined
    const message = `${object} is not what was put there (${found.bytes} bytes, expected ${bytes})`
    return { kind: 'altered', object, message }
  } catch (error) {
    if (isRedomaError(error, 'DATA_DAMAGED')) return { kind: 'altered', object, message: error.message }
    if (isRedomaError(error, 'OBJECT_UNREADABLE')) {
      const { message, hint } = error
      return { kind: 'unreadable', object, message, hint }
    }
    if (!isRedomaError(error, 'OBJECT_NOT_FOUND')) throw error
    return { kind: 'missing', object, message: `${object} was put there and is gone` }
  }
}

async function findUnlisted(
  destination: Destination,
  expected: ReadonlyMap<ObjectName, LedgerEntry>,
  scope: string | undefined,
  signal: AbortSignal,
): Promise<GlassProblem[]> {
  const problems: GlassProblem[] = []
  for (const folder of scope === undefined ? listedFolders : [`${folderOf(scope)}/`]) {
    for await (const { name } of destination.list(folder, signal)) {
      if (expected.has(name) || (scope !== undefined && !isOfScope(name, scope))) continue
      problems.push({ kind: 'unlisted', object: name, message: `${name} is there, but no ledger lists it` })
    }
  }
  return problems
}

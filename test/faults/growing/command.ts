import { isRedomaError } from '../../../src/core/errors.ts'
import { backUp } from '../../../src/repository/archiving/back-up.ts'
import { checkRepository } from '../../../src/repository/checking/check-repository.ts'
import { whileLocked } from '../../../src/repository/locks/while-locked.ts'
import { openRepository } from '../../../src/repository/open.ts'
import { carryOutPrune } from '../../../src/repository/pruning/carry-out-prune.ts'
import { preparePrune } from '../../../src/repository/pruning/prepare-prune.ts'
import { defaultPruneOptions } from '../../../src/repository/pruning/prune-options.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { restore } from '../../../src/repository/restoring/restore.ts'
import { listSnapshots } from '../../../src/repository/snapshots/list-snapshots.ts'
import { peakMemoryBytes } from '../../support/peak-memory.ts'
import { waitForNobody } from '../../support/promises.ts'
import { aBackup, aRestore, placeAt } from '../../support/repositories.ts'

/* A program that carries out one command on a repository, and says how it went and what memory it took. */

export interface Order {
  readonly at: string
  readonly command: 'check' | 'restore' | 'backup' | 'prune'
  readonly source: string
  readonly target: string
  readonly snapshot: string
}

export interface Outcome {
  /** `undefined` when it was done. */
  readonly error:
    | { readonly code: string; readonly message: string; readonly hint: string | undefined }
    | undefined
  /** What it told of. */
  readonly problems: readonly string[]
  readonly peakBytes: number
}

const { signal } = new AbortController()
const quiet = (): void => undefined
const order = JSON.parse(process.argv[2] ?? '') as Order
const { error, problems } = await attempt()
const peakBytes = peakMemoryBytes()
process.stdout.write(JSON.stringify({ error, problems, peakBytes } satisfies Outcome))

async function attempt(): Promise<Pick<Outcome, 'error' | 'problems'>> {
  try {
    const place = { ...placeAt(order.at), locking: { wait: waitForNobody } }
    using repository = await openRepository(place, signal)
    const kind = order.command === 'prune' ? 'exclusive' : 'shared'
    const told = await whileLocked(repository, kind, () => carryOut(repository), signal)
    return { error: undefined, problems: told }
  } catch (cause) {
    if (!isRedomaError(cause)) throw cause
    return { error: { code: cause.code, message: cause.message, hint: cause.hint }, problems: [] }
  }
}

async function carryOut(repository: Repository): Promise<string[]> {
  switch (order.command) {
    case 'check': {
      const report = await checkRepository(repository, { readData: { kind: 'all' } }, quiet, signal)
      return report.problems.map(({ object, message, hint = '' }) => `${object}: ${message}. ${hint}`)
    }
    case 'restore': {
      const request = aRestore(order.target)
      const { problems: told } = await restore(repository, order.snapshot, request, quiet, signal)
      return told.map(({ path, message }) => `${path}: ${message}`)
    }
    case 'backup': {
      const { problems: told } = await backUp(repository, aBackup([order.source]), quiet, signal)
      return told.map((problem) => JSON.stringify(problem))
    }
    case 'prune': {
      const snapshots = await listSnapshots(repository, signal)
      const prepared = await preparePrune(repository, snapshots, defaultPruneOptions, quiet, signal)
      await carryOutPrune(repository, prepared, quiet, signal)
      return []
    }
  }
}

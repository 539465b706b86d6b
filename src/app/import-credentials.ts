import type { CredentialStore } from '../ports/catalogue.ts'
import type { CredentialRow, ImportFormat, ReaderFor } from '../ports/credential-reader.ts'
import type { Progress } from '../ports/progress.ts'
import { type AuditedDeps, audit } from './audited.ts'

export interface ImportCredentialsDeps extends AuditedDeps {
  readonly readerFor: ReaderFor
}

export interface ImportRequest {
  readonly format: ImportFormat
  readonly file: AsyncIterable<Uint8Array>
  /** What the audit trail calls the file. */
  readonly name: string
  /** One bad row, and nothing at all is imported. */
  readonly strict: boolean
  /** Only tell what would happen. */
  readonly dryRun: boolean
}

export interface ImportReport {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly bad: readonly BadRow[]
  /** False after a dry run, and where `strict` met a bad row: then the catalogue is as it was. */
  readonly applied: boolean
}

export interface BadRow {
  readonly line: number
  readonly reason: string
}

/**
 * Takes over the credentials that another program wrote.
 *
 * @throws RedomaError what the reader says of a file that cannot be read as a whole; rows before that may be imported,
 * unless `strict`
 */
export type ImportCredentials = (
  request: ImportRequest,
  progress: Progress,
  signal: AbortSignal,
) => Promise<ImportReport>

export function makeImportCredentials(deps: ImportCredentialsDeps): ImportCredentials {
  const { credentials } = deps.catalogue
  return async (request, progress, signal) => {
    progress({ kind: 'step', title: 'Importing credentials', unit: 'records' })
    const rows = withoutRepeated(deps.readerFor(request.format)(request.file))
    const tally = new Tally(progress, signal)
    const applied =
      request.strict || request.dryRun
        ? await importTogether(credentials, rows, tally, () => !request.dryRun && tally.bad.length === 0)
        : await importInBatches(credentials, rows, tally)
    const report = { ...tally.counts, bad: tally.bad, applied }
    if (applied) await audit(deps, 'credential.import', request.name, summaryOf(report))
    return report
  }
}

/** Counts what became of the rows. */
class Tally {
  readonly counts = { added: 0, changed: 0, unchanged: 0 }
  readonly bad: BadRow[] = []
  readonly #progress: Progress
  readonly #signal: AbortSignal

  constructor(progress: Progress, signal: AbortSignal) {
    this.#progress = progress
    this.#signal = signal
  }

  async put(store: CredentialStore, row: CredentialRow): Promise<void> {
    this.#signal.throwIfAborted()
    if (row.kind === 'bad') this.bad.push({ line: row.line, reason: row.reason })
    else this.counts[await store.put(row.record)]++
    const { added, changed, unchanged } = this.counts
    this.#progress({ kind: 'advance', done: added + changed + unchanged + this.bad.length })
  }
}

/** Thrown inside a transaction to undo it on purpose. */
const undo = new Error('undone on purpose')

/** All rows in one transaction, which counts only when `shallStay` says so at its end. */
async function importTogether(
  store: CredentialStore,
  rows: AsyncIterable<CredentialRow>,
  tally: Tally,
  shallStay: () => boolean,
): Promise<boolean> {
  const all = store.atomically(async (inside) => {
    for await (const row of rows) await tally.put(inside, row)
    if (!shallStay()) throw undo
    return true
  })
  return all.catch((error: unknown) => {
    if (error === undo) return false
    throw error
  })
}

/** A transaction a row would sync the disk for each; one for all would keep other processes from writing too long. */
const batchLength = 200

async function importInBatches(
  store: CredentialStore,
  rows: AsyncIterable<CredentialRow>,
  tally: Tally,
): Promise<boolean> {
  for await (const batch of inBatches(rows)) {
    await store.atomically(async (inside) => {
      for (const row of batch) await tally.put(inside, row)
    })
  }
  return true
}

async function* inBatches(rows: AsyncIterable<CredentialRow>): AsyncGenerator<CredentialRow[]> {
  let batch: CredentialRow[] = []
  for await (const row of rows) {
    batch.push(row)
    if (batch.length < batchLength) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** A second row of the same id would silently overwrite the first. */
async function* withoutRepeated(rows: AsyncIterable<CredentialRow>): AsyncGenerator<CredentialRow> {
  const lines = new Map<string, number>()
  for await (const row of rows) {
    const earlier = row.kind === 'record' ? lines.get(row.record.id) : undefined
    if (row.kind === 'record') lines.set(row.record.id, row.line)
    if (earlier === undefined) yield row
    else yield { kind: 'bad', line: row.line, reason: `has the id of line ${earlier}` }
  }
}

function summaryOf({ added, changed, unchanged, bad }: ImportReport): string {
  return `${added} added, ${changed} changed, ${unchanged} unchanged, ${bad.length} bad`
}

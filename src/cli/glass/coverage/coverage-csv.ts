import type { CoverageReport } from '../../../app/coverage/report-coverage.ts'
import { csvRow } from './csv.ts'
import { scopeWords } from './words.ts'

const columns = [
  'state',
  'condition',
  'source',
  'folder',
  'title',
  'kind',
  'user',
  'host',
  'owner',
  'scope',
  'bundle',
  'time',
  'destinations',
  'object',
  'damage',
  'id',
  'scopes',
  'doubts',
]

/** A table alone: who reads it wants rows. */
export async function* coverageCsv(report: CoverageReport): AsyncGenerator<string> {
  yield csvRow(columns)
  for await (const { state, condition, source, id, facts, damage, last, scopes } of report.lines()) {
    const { folder, title, kind, user, host, owner } = facts
    const where = [last?.scope, last?.sequence, last?.time.toISOString(), last?.destinations.join(' ')]
    yield csvRow([
      state,
      condition,
      source,
      folder,
      title,
      kind,
      user,
      host,
      owner,
      ...where,
      last?.name,
      damage,
      id,
      scopeWords(scopes),
      last?.doubts,
    ])
  }
}

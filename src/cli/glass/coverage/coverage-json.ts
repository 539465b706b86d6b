import type { CoverageReport, CoverageSummary } from '../../../app/coverage/report-coverage.ts'

/** `{"summary":…,"credentials":[…]}`, one credential a line. */
export async function* coverageJson(report: CoverageReport): AsyncGenerator<string> {
  yield `{"summary":${JSON.stringify(summaryJson(report.summary))},"credentials":[`
  let separator = '\n'
  for await (const { facts, ...line } of report.lines()) {
    yield `${separator}${JSON.stringify({ ...line, ...facts })}`
    separator = ',\n'
  }
  yield '\n]}\n'
}

function summaryJson({ at, ...summary }: CoverageSummary): object {
  return { schema: 'redoma-coverage/1', at: at.toISOString(), ...summary }
}

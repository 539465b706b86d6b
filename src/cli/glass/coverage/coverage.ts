import { type Command, Option } from 'commander'
import type { CoverageReport, CoverageSummary } from '../../../app/coverage/report-coverage.ts'
import { chooseScope } from '../../../app/scopes/choose-scope.ts'
import { RedomaError } from '../../../core/errors.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { example } from '../../help.ts'
import { printable } from '../../printable.ts'
import { startProgressBar } from '../../progress-bar.ts'
import { writeReport } from '../../write-report.ts'
import { coverageCsv } from './coverage-csv.ts'
import { coverageHtml } from './coverage-html.ts'
import { coverageJson } from './coverage-json.ts'
import { coverageLines, summaryLines } from './coverage-lines.ts'

interface CoverageOptions {
  readonly scope?: string
  readonly csv?: true
  readonly json?: true
  readonly html?: true
  readonly out?: string
}

export function defineGlassCoverage(group: Command, context: Context): void {
  group
    .command('coverage')
    .description('tell of each credential in which bundle it is, and whether with its present value')
    .option(
      '--scope <name>',
      'only what this scope takes in, and its bundles; whole: those of the whole vault',
    )
    .addOption(new Option('--csv', 'a table, for other programs').conflicts(['json', 'html']))
    .addOption(new Option('--json', 'all of it as JSON').conflicts('html'))
    .option('--html', 'a page to read or to print')
    .option('--out <file>', 'write it to this file, and the summary to the terminal')
    .addHelpText(
      'after',
      example('redoma glass coverage', 'redoma glass coverage --html --out coverage.html'),
    )
    .action(async (options: CoverageOptions) => {
      const { terminal, signal } = context
      const write = writerOf(options)
      if (options.out !== undefined && write === undefined) {
        throw new RedomaError('USAGE', 'a file of what kind? Add --csv, --json or --html to --out')
      }
      await using instance = await context.services.openInstance()
      const scope = await chooseScope(instance.catalogue, options.scope)
      await using report = await made()
      const { summary } = report
      if (write === undefined) terminal.print(...(await coverageLines(report, terminal.style)))
      else {
        await writeReport(terminal, options.out, write(report), signal)
        if (options.out !== undefined) {
          terminal.print(...summaryLines(summary, terminal.style))
          terminal.note(`${terminal.noteStyle.green('✓')} Written to ${printable(options.out)}.`)
        }
      }
      context.finish(exitCodeOf(summary))

      async function made(): Promise<CoverageReport> {
        using bar = startProgressBar(terminal, context.clock)
        return await instance.reportCoverage(scope, bar.progress, signal)
      }
    })
}

function writerOf(options: CoverageOptions): ((report: CoverageReport) => AsyncIterable<string>) | undefined {
  if (options.csv) return coverageCsv
  if (options.json) return coverageJson
  return options.html ? coverageHtml : undefined
}

/** What was emptied or removed is told, and may be meant; what a bundle lacks is not. */
function exitCodeOf({ states, conditions, unreadable }: CoverageSummary): ExitCode {
  if (conditions.damaged > 0) return exitCodes.damaged
  const isWanting = states.never + states.changed + states.doubtful + states.unknown + unreadable.length > 0
  return isWanting ? exitCodes.warnings : exitCodes.done
}

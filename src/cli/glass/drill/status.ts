import type { Command } from 'commander'
import type { ReadinessReport } from '../../../app/readiness.ts'
import { noCeremony } from '../../../app/scopes/scope-key.ts'
import type { Context } from '../../context.ts'
import { exitCodes } from '../../exit-codes.ts'
import { formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import { readinessLines, shareTable } from './readiness-lines.ts'

export function defineDrillStatus(group: Command, context: Context): void {
  group
    .command('status')
    .description(
      'how ready people are: which shares were proven, when, and what the open drill still waits for',
    )
    .option('--scope <name>', 'of the key of a scope that has one of its own')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma glass drill status'))
    .action(async (options: { json?: true; scope?: string }) => {
      await using instance = await context.services.openInstance()
      const report = await instance.reportReadiness(options.scope)
      if (report === undefined) {
        throw noCeremony(options.scope)
      }
      const { terminal } = context
      if (report.warnings.length > 0) context.finish(exitCodes.warnings)
      if (options.json) {
        terminal.printJson(readinessJson(report))
        return
      }
      const now = context.clock.now()
      const shares = shareTable(report, now, terminal.style)
      terminal.say(
        ...shares,
        ...(shares.length > 0 ? [''] : []),
        ...readinessLines(report, now, terminal.style),
      )
      if (report.openDrill !== undefined) terminal.say(...waitingLines(report.openDrill))
    })
}

export function readinessJson({
  readiness,
  needed,
  guardians,
  openDrill,
  drillDays,
  warnings,
}: ReadinessReport): object {
  return {
    ...readiness,
    shares: readiness.shares.map((share) => ({ ...share, guardian: guardians.get(share.number)?.name })),
    needed,
    drillDays,
    openDrill: openDrill && {
      drill: openDrill.id,
      expires: openDrill.expiresAt,
      waitingFor: openDrill.questions
        .filter(({ answeredAt }) => answeredAt === undefined)
        .map(({ subject }) => subject),
    },
    warnings,
  }
}

function waitingLines({ questions, expiresAt }: NonNullable<ReadinessReport['openDrill']>): string[] {
  const waiting = questions.filter(
    ({ answeredAt, subject }) => answeredAt === undefined && subject !== 'whole',
  )
  const until = formatTime(expiresAt)
  if (waiting.length === 0) return [`A drill is open until ${until}.`]
  return [
    `A drill is open until ${until}, and waits for share ${waiting.map(({ subject }) => subject).join(', ')}.`,
  ]
}

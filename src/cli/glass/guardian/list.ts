import type { Command } from 'commander'
import type { ReadinessReport } from '../../../app/readiness.ts'
import type { ShareReadiness } from '../../../bundle/drill/judge-readiness.ts'
import type { Guardian } from '../../../ports/guardian.ts'
import type { Context } from '../../context.ts'
import { formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import { printable } from '../../printable.ts'
import { table } from '../../table.ts'

export function defineGuardianList(group: Command, context: Context): void {
  group
    .command('list')
    .description('all guardians, and which share of the newest recovery key each keeps')
    .option('--scope <name>', 'shares of the key of this scope, which has one of its own')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma glass guardian list'))
    .action(async (options: { json?: true; scope?: string }) => {
      await using instance = await context.services.openInstance()
      const guardians = await instance.catalogue.guardians.list()
      const report = await instance.reportReadiness(options.scope)
      const { terminal } = context
      if (options.json) {
        terminal.printJson(guardians.map((guardian) => guardianJson(guardian, report)))
        return
      }
      if (guardians.length === 0) {
        terminal.note('There is no guardian yet: redoma glass guardian add NAME')
        return
      }
      const columns = ['NAME', 'SHARE', 'PROVEN', 'MAIL', 'NOTE'].map((title) => ({ title }))
      terminal.print(
        ...table(
          columns,
          guardians.map((guardian) => rowOf(guardian, report)),
          terminal.style,
        ),
      )
    })
}

/** Of the newest generation. */
export function sharesOf({ id }: Guardian, report: ReadinessReport | undefined): readonly ShareReadiness[] {
  if (report === undefined) return []
  const { readiness, guardians } = report
  return readiness.shares.filter(({ number }) => guardians.get(number)?.id === id)
}

export function guardianJson(guardian: Guardian, report: ReadinessReport | undefined): object {
  const shares = sharesOf(guardian, report).map(({ number, group, provenAt, drill }) => {
    return {
      generation: report?.readiness.generation,
      number,
      group,
      provenAt: provenAt?.toISOString(),
      drill,
    }
  })
  return { ...guardian, createdAt: guardian.createdAt.toISOString(), shares }
}

function rowOf(guardian: Guardian, report: ReadinessReport | undefined): string[] {
  const shares = sharesOf(guardian, report)
  const [first] = shares
  return [
    printable(guardian.name),
    shares.length === 0 ? '–' : shares.map(({ number }) => number).join(', '),
    first?.provenAt === undefined ? '–' : formatTime(first.provenAt),
    printable(guardian.mail ?? '–'),
    printable(guardian.note ?? '–'),
  ]
}

import type { Command } from 'commander'
import type { Run } from '../../ports/catalogue.ts'
import type { Context } from '../context.ts'
import { formatBytes, formatSpan, formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import type { Style } from '../style.ts'
import { table } from '../table.ts'
import { runJson } from './json.ts'
import { nameIn, planNames } from './plan-names.ts'
import { stateWords } from './run-lines.ts'

export function defineBackupList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list the runs, newest first')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma backup list --limit 5'))
    .action(async (options: { limit: string; json?: true }) => {
      await using instance = await context.services.openInstance()
      const runs = await instance.catalogue.runs.list(parseCount(options.limit, 1))
      const { terminal } = context
      if (options.json) {
        terminal.printJson(runs.map(runJson))
        return
      }
      if (runs.length === 0) {
        terminal.note('There was no run yet. Try: redoma backup create')
        return
      }
      const columns = [
        { title: 'RUN', align: 'right' },
        { title: 'STARTED' },
        { title: 'TOOK', align: 'right' },
        { title: 'PROTECTED', align: 'right' },
        { title: 'ADDED', align: 'right' },
        { title: 'PLAN' },
        { title: 'STATE', cut: 'nothing' },
      ] as const
      const names = await planNames(instance.catalogue)
      const rows = runs.map((run) => row(run, names, terminal.style))
      terminal.print(...table(columns, rows, terminal.style))
    })
}

function row(run: Run, plans: ReadonlyMap<string, string>, style: Style): string[] {
  const sum = (figure: 'bytes' | 'bytesStored'): number =>
    run.parts.reduce((total, part) => total + part.figures[figure], 0)
  const took =
    'finishedAt' in run.state ? run.state.finishedAt.getTime() - run.startedAt.getTime() : undefined
  return [
    String(run.id),
    formatTime(run.startedAt),
    took === undefined ? '' : formatSpan(took),
    formatBytes(sum('bytes')),
    formatBytes(sum('bytesStored')),
    run.planId === undefined ? '' : printable(nameIn(plans, run.planId)),
    stateWords(run.state, style),
  ]
}

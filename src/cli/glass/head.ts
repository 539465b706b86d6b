import type { Command } from 'commander'
import { headFields, headOf } from '../../bundle/ledger/head.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { facts } from '../table.ts'

export function defineGlassHead(group: Command, context: Context): void {
  group
    .command('head')
    .description(
      'show the head of each ledger, for a witness to keep: it proves later that nothing was set back',
    )
    .argument('[destination...]', 'of these destinations only')
    .option('--json', 'print the heads as JSON')
    .addHelpText('after', example('redoma glass head', 'redoma glass head nas --json > head.json'))
    .action(async (names: string[], options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const { catalogue } = instance
      const heads = []
      for (const { record } of await instance.targets(names)) {
        const head = headOf(await catalogue.ledgers.lines(record.id))
        if (head !== undefined) heads.push(headFields(catalogue.instance.id, record.name, head))
      }
      const { terminal } = context
      if (options.json) {
        terminal.printJson(heads)
        return
      }
      if (heads.length === 0) {
        throw new RedomaError('NOT_FOUND', 'nothing was put into a ledger yet', {
          hint: 'redoma backup create',
        })
      }
      for (const { destination, sequence, time, sha256, short } of heads) {
        const pairs = [
          ['destination', printable(destination)],
          ['line', `${sequence}, of ${formatTime(new Date(time))}`],
          ['SHA-256', sha256],
          ['to keep', short],
        ] as const
        terminal.print(...facts(pairs, terminal.style), '')
      }
      terminal.note('Later: redoma glass verify --head HEAD')
    })
}

import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import type { Context } from '../../context.ts'
import { formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import { printable } from '../../printable.ts'
import { facts } from '../../table.ts'
import { guardianJson, sharesOf } from './list.ts'

export function defineGuardianShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('one guardian: shares of all generations, and when they were proven')
    .argument('<name>')
    .option('--scope <name>', 'shares of the key of this scope, which has one of its own')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma glass guardian show "Ana Lima"'))
    .action(async (name: string, options: { json?: true; scope?: string }) => {
      await using instance = await context.services.openInstance()
      const { catalogue } = instance
      const guardian = (await catalogue.guardians.list()).find((one) => one.name === name)
      if (guardian === undefined) {
        throw new RedomaError('NOT_FOUND', `there is no guardian ${JSON.stringify(name)}`, {
          hint: 'redoma glass guardian list',
        })
      }
      const report = await instance.reportReadiness(options.scope)
      const { terminal } = context
      if (options.json) {
        terminal.printJson(guardianJson(guardian, report))
        return
      }
      const kept = (await catalogue.guardians.keepers()).filter((keeper) => keeper.guardian === guardian.id)
      const [current] = sharesOf(guardian, report)
      const shares = kept.map(({ generation, share }) => `${share} of generation ${generation}`)
      const pairs: [string, string][] = [
        ['name', printable(guardian.name)],
        ['mail', printable(guardian.mail ?? '–')],
        ['note', printable(guardian.note ?? '–')],
        ['public key', printable(guardian.publicKey ?? '–')],
        ['share', shares.length === 0 ? '–' : shares.join(', ')],
        ['proven', current?.provenAt === undefined ? 'never' : formatTime(current.provenAt)],
        [
          'by',
          current?.provenAt === undefined
            ? '–'
            : current.drill === undefined
              ? 'the ceremony'
              : `drill ${current.drill}`,
        ],
      ]
      terminal.print(...facts(pairs, terminal.style))
    })
}

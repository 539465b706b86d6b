import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import type { Context } from '../../context.ts'
import { count } from '../../figures.ts'
import { example } from '../../help.ts'

const most = 3650

export function defineDrillPolicy(group: Command, context: Context): void {
  group
    .command('policy')
    .description('say or change for how many days a proof is good')
    .argument('[days]', 'from 1 to 3650')
    .addHelpText('after', example('redoma glass drill policy 90'))
    .action(async (text: string | undefined) => {
      const days = text === undefined ? undefined : Number(/^(\d{1,4})d?$/.exec(text)?.[1] ?? '')
      if (days !== undefined && !(days >= 1 && days <= most)) {
        throw new RedomaError('USAGE', `${JSON.stringify(text)} is no number of days from 1 to ${most}`)
      }
      await using instance = await context.services.openInstance()
      if (days !== undefined) await instance.setDrillDays(days)
      const { terminal } = context
      terminal.print(`A proof is good for ${count(await instance.catalogue.drills.days(), 'day')}.`)
    })
}

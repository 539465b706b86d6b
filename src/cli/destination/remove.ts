import type { Command } from 'commander'
import { sharesRepository } from '../../app/system-repository.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { named } from '../named.ts'

export function defineDestinationRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('take a destination out of all further runs; what lies there stays')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma destination remove nas'))
    .action(async (name: string, options: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      const { spec, repositoryKey } = await named('destination', name, instance.catalogue.destinations)
      const { terminal } = context
      if (
        !(await confirm(
          terminal,
          `Remove the destination ${name}? The password of its repository is then in bundles only.`,
          options.yes === true,
        ))
      ) {
        context.finish(exitCodes.failed)
        return
      }
      await instance.removeDestination(name)
      instance.log.warn('destination removed', { destination: name })
      terminal.print(`${terminal.style.green('✓')} ${name} is removed; what lies there stays.`)
      if (sharesRepository(spec) && repositoryKey !== undefined)
        terminal.note(
          `Its key in the shared repository stays, too: restic key remove ${repositoryKey.slice(0, 8)}`,
        )
    })
}

import type { Command } from 'commander'
import { RedomaError } from '../../../core/errors.ts'
import { confirm } from '../../ask.ts'
import type { Context } from '../../context.ts'
import { example } from '../../help.ts'
import { named } from '../../named.ts'

export function defineScopeRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('make no more bundles of a scope; those that there are stay')
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma glass scope remove network'))
    .action(async (name: string, { yes }: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      await named('scope', name, instance.catalogue.scopes)
      const { terminal } = context
      if (!(await confirm(terminal, `Make no more bundles of the scope ${name}?`, yes === true))) {
        throw new RedomaError('CANCELLED', 'nothing was changed')
      }
      await instance.removeScope(name)
      instance.log.warn('scope removed', { scope: name })
      terminal.print(
        `${terminal.style.green('✓')} ${name} is removed; its bundles stay where they are.`,
        'What it took in is in the bundle of the whole vault from the next backup on.',
      )
    })
}

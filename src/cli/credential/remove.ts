import type { Command } from 'commander'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { knownCredential } from './known.ts'

export function defineCredentialRemove(group: Command, context: Context): void {
  group
    .command('remove')
    .description('remove a credential with its history; bundles made before keep it')
    .argument('<credential>', 'its id or title')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', example('redoma credential remove "core router"'))
    .action(async (text: string, options: { yes?: true }) => {
      await using instance = await context.services.openInstance()
      await knownCredential(instance.catalogue.credentials, text)
      const { terminal } = context
      const name = printable(text)
      if (!(await confirm(terminal, `Remove ${name} with its history?`, options.yes === true))) {
        context.finish(exitCodes.failed)
        return
      }
      const id = await instance.removeCredential(text)
      instance.log.warn('credential removed', { credential: id })
      terminal.print(`${terminal.style.green('✓')} ${name} is removed; bundles made before keep it.`)
    })
}

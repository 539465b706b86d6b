import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { unbroken } from '../style.ts'
import { facts } from '../table.ts'
import { factsOfCredential, jsonOfCredential } from './facts.ts'
import { knownCredential } from './known.ts'

interface ShowOptions {
  readonly reveal?: true
  readonly json?: true
}

export function defineCredentialShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show one credential; its secrets only with --reveal, which the audit trail tells of')
    .argument('<credential>', 'its id or title')
    .option('--reveal', 'show the secrets too')
    .option('--json', 'print it as JSON; secrets are [secret] without --reveal')
    .addHelpText(
      'after',
      example('redoma credential show "core router"', 'redoma credential show db --reveal'),
    )
    .action(async (text: string, options: ShowOptions) => {
      await using instance = await context.services.openInstance()
      await knownCredential(instance.catalogue.credentials, text)
      const record = await instance.showCredential(text, options.reveal === true)
      if (options.reveal) instance.log.warn('credential revealed', { credential: record.id })
      const { terminal } = context
      if (options.json) terminal.printJson(await jsonOfCredential(record, options.reveal === true))
      else
        terminal.print(...facts(factsOfCredential(record, options.reveal === true), unbroken(terminal.style)))
    })
}

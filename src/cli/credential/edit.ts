import { type Command, Option } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import { credentialKinds } from '../../ports/credential.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { type FieldOptions, fieldsOf, withFieldOptions } from './fields.ts'
import { knownCredential } from './known.ts'

interface EditOptions extends FieldOptions {
  readonly title?: string
  readonly secret?: true
}

export function defineCredentialEdit(group: Command, context: Context): void {
  const command = group
    .command('edit')
    .description('change what is named, keep the rest; the secret before goes to the history')
    .argument('<credential>', 'its id or title')
    .option('--title <title>')
    .addOption(new Option('--kind <kind>').choices(credentialKinds))
    .option('--secret', 'ask for a new secret')
  withFieldOptions(command)
    .addHelpText(
      'after',
      example(
        'redoma credential edit "core router" --secret',
        'redoma credential edit db --port 5433 --owner ""',
      ),
    )
    .action(async (text: string, { title, secret, ...options }: EditOptions) => {
      await using instance = await context.services.openInstance()
      const { terminal } = context
      await knownCredential(instance.catalogue.credentials, text)
      const changes = {
        ...(title === undefined ? {} : { title }),
        ...(await fieldsOf(terminal, options)),
        ...(secret ? { secret: await askSecret(terminal, { prompt: 'New secret', twice: true }) } : {}),
      }
      if (Object.keys(changes).length === 0) {
        throw new RedomaError('USAGE', 'nothing is to be changed', {
          hint: 'Add --secret, or another option.',
        })
      }
      const outcome = await instance.editCredential(text, changes)
      if (outcome !== 'unchanged') instance.log.info('credential changed', { credential: text })
      terminal.print(`${terminal.style.green('✓')} ${printable(text)} is ${outcome}.`)
    })
}

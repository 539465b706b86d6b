import { type Command, Option } from 'commander'
import type { CredentialDraft } from '../../app/add-credential.ts'
import { credentialKinds } from '../../ports/credential.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { printable } from '../printable.ts'
import { type FieldOptions, fieldsOf, withFieldOptions } from './fields.ts'

interface AddOptions extends FieldOptions {
  readonly secret: boolean
  readonly json?: true
}

export function defineCredentialAdd(group: Command, context: Context): void {
  const command = group
    .command('add')
    .description('register a credential; its secret is asked for, never an argument')
    .argument('<title>')
    .addOption(new Option('--kind <kind>', 'what it is').choices(credentialKinds).default('password'))
  withFieldOptions(command)
    .option('--no-secret', 'it has none')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      example(
        'redoma credential add "core router" --user admin --host 192.0.2.1 --folder network',
        'pass show db | redoma credential add db --kind database --user app --secret-file -',
      ),
    )
    .action(async (title: string, options: AddOptions) => {
      await using instance = await context.services.openInstance()
      const { terminal } = context
      const id = await instance.addCredential(await draftOf(context, title, options))
      instance.log.info('credential added', { credential: id })
      if (options.json) terminal.printJson({ id, title })
      else terminal.print(`${terminal.style.green('✓')} ${printable(title)}  ${terminal.style.dim(id)}`)
    })
}

async function draftOf({ terminal }: Context, title: string, options: AddOptions): Promise<CredentialDraft> {
  const fields = await fieldsOf(terminal, options)
  const asks = options.secret && fields.secret === undefined
  return {
    title,
    tags: [],
    fields: [],
    attachments: [],
    ...(fields as Partial<CredentialDraft>),
    kind: fields.kind ?? 'password',
    ...(asks ? { secret: await askSecret(terminal, { prompt: 'Secret', twice: true }) } : {}),
  }
}

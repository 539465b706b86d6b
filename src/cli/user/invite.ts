import type { Command } from 'commander'
import type { Invited } from '../../app/users/invitations.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseRole } from './parse-role.ts'

export function defineUserInvite(group: Command, context: Context): void {
  group
    .command('invite')
    .description('let somebody sign in at the API, who sets a password by a link that is good once')
    .argument('<name>', 'small letters, digits, ".", "_" and "-"')
    .requiredOption('--role <role>', 'administrator, operator, auditor or guardian')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma user invite olga --role operator'))
    .action(async (name: string, options: { role: string; json?: true }) => {
      const role = parseRole(options.role)
      await using instance = await context.services.openInstance()
      const invited = await (await instance.users()).invite(name, role)
      instance.log.info('user invited', { user: name, role })
      printInvitation(context, name, invited, options.json === true)
    })
}

export function defineUserReset(group: Command, context: Context): void {
  group
    .command('reset')
    .description(
      'take password, second factor, sessions and tokens of a user away, for a link as invite gives',
    )
    .argument('<name>')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma user reset olga'))
    .action(async (name: string, options: { yes?: true; json?: true }) => {
      const { terminal, services } = context
      if (!(await confirm(terminal, `Take all ways in of ${name} away?`, options.yes === true))) {
        context.finish(exitCodes.failed)
        return
      }
      await using instance = await services.openInstance()
      const invited = await (await instance.users()).reset(name)
      instance.log.warn('user reset', { user: name })
      printInvitation(context, name, invited, options.json === true)
    })
}

function printInvitation({ terminal }: Context, name: string, invited: Invited, isJson: boolean): void {
  const { secret, expiresAt } = invited
  if (isJson) {
    terminal.printJson({ name, invitation: secret.reveal(), expiresAt: expiresAt.toISOString() })
    return
  }
  terminal.print(secret.reveal())
  terminal.note(
    `With this, once, until ${formatTime(expiresAt)}, ${name} sets a password, at https://…/invitation of this instance.`,
    'Who has it can sign in: give it to nobody else. It is shown only here.',
  )
}

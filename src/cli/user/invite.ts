import type { Command } from 'commander'
import type { HttpsSettings } from '../../app/https-settings.ts'
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
      await printInvitation(context, name, invited, options.json === true)
    })
}

export function defineUserReset(group: Command, context: Context): void {
  group
    .command('reset')
    .description(
      'take password, second factor, passkeys, sessions and tokens of a user away, for a link as invite gives',
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
      await printInvitation(context, name, invited, options.json === true)
    })
}

async function printInvitation(
  { terminal, services }: Context,
  name: string,
  invited: Invited,
  isJson: boolean,
): Promise<void> {
  const { secret, expiresAt } = invited
  const address = addressOf(await (await services.https()).read(), services.hostName)
  const link = `${address}/invitation#${secret.reveal()}`
  if (isJson) {
    terminal.printJson({ name, invitation: secret.reveal(), link, expiresAt: expiresAt.toISOString() })
    return
  }
  terminal.print(link)
  terminal.note(
    `There ${name} sets a password, once, until ${formatTime(expiresAt)}.`,
    'Who has the link can sign in: give it to nobody else. It is shown only here.',
  )
}

/** As people call the instance from elsewhere, as far as it is known here: the daemon may have been told another one when it was started. */
function addressOf(kept: HttpsSettings | undefined, machine: string): string {
  if (kept === undefined) return `https://${machine}`
  const { host, port, names } = kept
  const name = names[0] ?? (['0.0.0.0', '::'].includes(host) ? machine : host)
  const bracketed = name.includes(':') ? `[${name}]` : name
  return `https://${bracketed}${port === 443 || port === 0 ? '' : `:${port}`}`
}

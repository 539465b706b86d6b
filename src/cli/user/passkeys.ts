import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Passkey } from '../../ports/user.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { table } from '../table.ts'

export function defineUserPasskeys(group: Command, context: Context): void {
  group
    .command('passkeys')
    .description('list the passkeys of a user, or take one away that was lost')
    .argument('<name>')
    .option('--remove <passkey>', 'take this one away; all sessions of the user end')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma user passkeys olga --remove "blue key"'))
    .action(async (name: string, options: { remove?: string; json?: true }) => {
      const { terminal, services } = context
      await using instance = await services.openInstance()
      if (options.remove !== undefined) {
        await (await instance.users()).removePasskey(name, options.remove)
        instance.log.warn('passkey removed', { user: name, passkey: options.remove })
        terminal.print(`${terminal.style.green('✓')} ${options.remove} lets nobody in any more.`)
        return
      }
      const user = await instance.catalogue.users.named(name)
      if (user === undefined) throw new RedomaError('NOT_FOUND', `there is no user ${JSON.stringify(name)}`)
      if (options.json) terminal.printJson(user.passkeys.map(passkeyJson))
      else if (user.passkeys.length === 0) terminal.note(`${name} has no passkey.`)
      else {
        const columns = [{ title: 'NAME' }, { title: 'FOR' }, { title: 'MADE' }, { title: 'LAST USED' }]
        const rows = user.passkeys.map((passkey) => [
          ...[passkey.name, passkey.host, formatTime(passkey.createdAt)],
          passkey.usedAt === undefined ? '' : formatTime(passkey.usedAt),
        ])
        terminal.print(...table(columns, rows, terminal.style))
      }
    })
}

export function passkeyJson({ name, host, createdAt, usedAt }: Passkey): object {
  return { name, host, createdAt: createdAt.toISOString(), usedAt: usedAt?.toISOString() }
}

import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import { type Permission, permissions } from '../../ports/access.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { userNamed } from './user-named.ts'

interface CreateOptions {
  readonly user: string
  readonly permission: readonly string[]
  readonly days: string
  readonly json?: true
}

export function defineTokenCreate(group: Command, context: Context): void {
  group
    .command('create')
    .description('make a token, by which a program asks the API in the name of a user')
    .argument('<name>', 'what to call it')
    .requiredOption('--user <name>', 'in whose name')
    .requiredOption('--permission <permission...>', permissions.join(', '))
    .option('--days <number>', 'how long it is good', '90')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example('redoma token create prometheus --user olga --permission list --days 365'))
    .action(async (name: string, options: CreateOptions) => {
      const { terminal, services } = context
      const days = parseCount(options.days, 1)
      const wanted = options.permission.map(parsePermission)
      await using instance = await services.openInstance()
      const user = await userNamed(instance.catalogue, options.user)
      const tokens = await instance.tokens()
      const { pass, secret } = await tokens.create(user, { name, permissions: wanted, days })
      instance.log.info('token created', { user: user.name, token: name })
      if (options.json) {
        const expiresAt = pass.expiresAt.toISOString()
        terminal.printJson({ user: user.name, name, permissions: wanted, expiresAt, token: secret.reveal() })
        return
      }
      terminal.print(secret.reveal())
      terminal.note(
        `Good until ${formatTime(pass.expiresAt)}, as Authorization: Bearer. It is shown only here.`,
      )
    })
}

function parsePermission(text: string): Permission {
  const permission = permissions.find((name) => name === text)
  if (permission !== undefined) return permission
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is no permission`, {
    hint: `The permissions: ${permissions.join(', ')}.`,
  })
}

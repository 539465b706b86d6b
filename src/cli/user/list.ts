import type { Command } from 'commander'
import type { User } from '../../ports/user.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { table } from '../table.ts'
import { passkeyJson } from './passkeys.ts'

export function defineUserList(group: Command, context: Context): void {
  group
    .command('list')
    .description('list who may sign in at the API')
    .option('--json', 'print them as JSON')
    .addHelpText('after', example('redoma user list'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const users = await instance.catalogue.users.list()
      const { terminal } = context
      const now = context.clock.now()
      if (options.json) terminal.printJson(users.map((user) => userJson(user)))
      else if (users.length === 0)
        terminal.note('Nobody may sign in yet. Try: redoma user invite NAME --role administrator')
      else {
        const columns = [{ title: 'NAME' }, { title: 'ROLE' }, { title: 'LAST SIGN-IN' }, { title: '' }]
        const rows = users.map((user) => [
          user.name,
          user.role,
          user.signedInAt === undefined ? '' : formatTime(user.signedInAt),
          remarkOn(user, now),
        ])
        terminal.print(...table(columns, rows, terminal.style))
      }
    })
}

function remarkOn(
  { isDisabled, passwordHash, lockedUntil, totp, passkeys, openId }: User,
  now: Date,
): string {
  if (isDisabled) return 'disabled'
  if (passwordHash === undefined) return 'invited'
  if (lockedUntil !== undefined && lockedUntil > now) return `locked until ${formatTime(lockedUntil)}`
  const ways = [
    ...(totp?.isConfirmed === true ? ['second factor'] : []),
    ...(passkeys.length > 0 ? [`${passkeys.length} ${passkeys.length === 1 ? 'passkey' : 'passkeys'}`] : []),
    ...(openId === undefined ? [] : [openId.kind === 'bound' ? 'OpenID' : 'OpenID awaited']),
  ]
  return ways.join(', ')
}

function userJson({
  name,
  role,
  createdAt,
  isDisabled,
  passwordHash,
  totp,
  passkeys,
  openId,
  ...rest
}: User): object {
  return {
    ...{ name, role, isDisabled, createdAt: createdAt.toISOString() },
    hasPassword: passwordHash !== undefined,
    hasSecondFactor: totp?.isConfirmed === true,
    passkeys: passkeys.map(passkeyJson),
    openId,
    lockedUntil: rest.lockedUntil?.toISOString(),
    signedInAt: rest.signedInAt?.toISOString(),
  }
}

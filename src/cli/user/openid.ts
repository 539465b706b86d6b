import type { Command } from 'commander'
import { openIdWords } from '../../app/users/openid-words.ts'
import { RedomaError } from '../../core/errors.ts'
import type { OpenId } from '../../ports/user.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import type { OpenInstance } from '../services.ts'

interface Options {
  readonly subject?: string
  readonly as?: string
  readonly off?: true
  readonly json?: true
}

export function defineUserOpenId(group: Command, context: Context): void {
  group
    .command('openid')
    .description('show or change whom the OpenID provider has to name, so that a user is let in')
    .argument('<name>')
    .option('--as <name>', "by the name there, the first time; from then on by what is nobody else's, ever")
    .option('--subject <sub>', 'by what the provider calls its sub')
    .option('--off', 'nobody: the user signs in by password or passkey alone')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `${example('redoma user openid olga --as olga@example.com', 'redoma user openid olga --off')}
Each change ends all sessions of the user.`,
    )
    .action(async (name: string, { subject, as, off, json }: Options) => {
      const { terminal, services } = context
      if ([subject, as, off].filter((one) => one !== undefined).length > 1)
        throw new RedomaError('USAGE', '--as, --subject and --off do not go together')
      await using instance = await services.openInstance()
      const isChange = subject !== undefined || as !== undefined || off === true
      if (isChange) {
        const openId = off === true ? undefined : await openIdFrom(instance, subject, as)
        await (await instance.users()).setOpenId(name, openId)
        instance.log.warn('user bound to OpenID', { user: name, isBound: openId !== undefined })
      }
      const user = await instance.catalogue.users.named(name)
      if (user === undefined) throw new RedomaError('NOT_FOUND', `there is no user ${JSON.stringify(name)}`)
      const { openId } = user
      if (json) terminal.printJson(openId ?? null)
      else if (openId === undefined) terminal.print(`${name} does not sign in by OpenID.`)
      else terminal.print(`${name} signs in by OpenID as ${openIdWords(openId)}.`)
    })
}

async function openIdFrom(
  { catalogue }: OpenInstance,
  subject: string | undefined,
  name: string | undefined,
): Promise<OpenId> {
  const settings = await catalogue.identityProvider.get()
  if (settings === undefined)
    throw new RedomaError('USAGE', 'there is no provider to sign in by', {
      hint: 'redoma config openid --help',
    })
  const text = subject ?? name ?? ''
  // A sub has 255 characters at most (OpenID Connect Core 1.0, 2).
  if (text === '' || text.length > 255 || /\p{Cc}/u.test(text))
    throw new RedomaError('USAGE', 'who that is there has 1 to 255 characters')
  const { issuer, userClaim } = settings
  return subject === undefined
    ? { kind: 'awaited', issuer, claim: userClaim, name: text }
    : { kind: 'bound', issuer, subject }
}

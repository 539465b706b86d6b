import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { ProviderSettings } from '../../ports/identity-provider.ts'
import { askSecret } from '../ask.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { readText } from '../read-text.ts'
import type { OpenInstance } from '../services.ts'

interface Options {
  readonly clientId?: string
  readonly secretFile?: string
  readonly ca?: string
  readonly userClaim?: string
  readonly test?: true
  readonly off?: true
  readonly json?: true
}

/** Of the instance, and in no file of `config export`: it has a secret. */
export function defineConfigOpenId(group: Command, context: Context): void {
  group
    .command('openid')
    .description('show or change the OpenID provider by which users may sign in at the API')
    .argument('[issuer]', 'as it names itself: https://login.example.com/realms/staff')
    .option('--client-id <id>', 'as which it knows this instance')
    .option('--secret-file <file>', 'a file that holds the secret of that client; - is standard input')
    .option('--ca <file>', 'trust these authorities alone for it, in PEM')
    .option('--user-claim <claim>', 'by which a user is found the first time (default: preferred_username)')
    .option('--test', 'ask the provider what it says of itself')
    .option('--off', 'none')
    .option('--json', 'print it as JSON, without the secret')
    .addHelpText(
      'after',
      `${example('redoma config openid https://login.example.com/realms/staff --client-id redoma')}
The provider is asked at once. Whom it lets in, each user says: redoma user openid NAME
There, allow https://NAME/api/v1/session/openid/callback as a redirect URI, NAME being this instance's.`,
    )
    .action(async (issuer: string | undefined, options: Options) => {
      const { services, terminal } = context
      const { off, test, json, ...given } = options
      const isSetting = issuer !== undefined
      if (!isSetting && Object.keys(given).length > 0)
        throw new RedomaError('USAGE', 'the address of the provider is missing')
      if ([isSetting, off === true, test === true].filter(Boolean).length > 1)
        throw new RedomaError('USAGE', 'a provider, --off and --test do not go together')
      const settings = isSetting ? await settingsFrom(context, issuer, given) : undefined
      await using instance = await services.openInstance()
      if (settings !== undefined) await (await instance.provider()).set(settings)
      else if (off === true) await (await instance.provider()).remove()
      else if (test === true) await (await instance.provider()).test()
      if (settings !== undefined || off === true) instance.log.warn('OpenID provider changed', { issuer })
      await show(instance, context, json === true)
      if (test === true && json !== true) terminal.print(`${terminal.style.green('✓')} It answers.`)
    })
}

async function settingsFrom(
  { terminal, services }: Context,
  issuer: string,
  { clientId, secretFile, ca, userClaim = 'preferred_username' }: Options,
): Promise<ProviderSettings> {
  if (clientId === undefined) throw new RedomaError('USAGE', '--client-id is missing')
  const certificates = ca === undefined ? {} : { certificates: await readText(ca) }
  await services.forbidDumps()
  const clientSecret = await askSecret(terminal, { prompt: 'Secret of the client', file: secretFile })
  return { issuer, clientId, clientSecret, ...certificates, userClaim }
}

async function show({ catalogue }: OpenInstance, { terminal }: Context, isJson: boolean): Promise<void> {
  const settings = await catalogue.identityProvider.get()
  if (isJson) {
    terminal.printJson(settings === undefined ? null : shownOf(settings))
    return
  }
  if (settings === undefined) {
    terminal.print('Nobody signs in by an OpenID provider.')
    return
  }
  const { issuer, clientId, certificates, userClaim } = settings
  terminal.print(
    `Users may sign in by ${issuer}, which knows this instance as ${clientId}.`,
    `Who comes the first time is found by ${userClaim}.`,
    ...(certificates === undefined ? [] : ['Authorities of its own are trusted for it.']),
  )
}

function shownOf({ issuer, clientId, certificates, userClaim }: ProviderSettings): object {
  return { issuer, clientId, certificates, userClaim }
}

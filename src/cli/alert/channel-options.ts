import { resolve } from 'node:path'
import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import {
  type ChannelRules,
  type ChannelSpec,
  syslogFacilities,
  syslogFormats,
  webhookPresets,
} from '../../ports/channel.ts'
import { channelRules, channelSpec } from '../../ports/channel-settings.ts'
import { severities } from '../../ports/events.ts'
import { parseMailServer, parseQuietHours, parseReceiver } from './parse-server.ts'

/** What a channel is, as commander gives it; one of the first three. */
export interface ChannelOptions {
  readonly smtp?: string
  readonly syslog?: string
  readonly webhook?: string
  readonly credential?: string
  readonly ca?: string
  readonly leastSeverity?: string
  readonly quiet?: string
  readonly timeZone?: string
  readonly digest?: string
  readonly from?: string
  readonly to?: readonly string[]
  readonly tls: boolean
  readonly format?: string
  readonly facility?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly preset?: string
}

export function addChannelOptions(command: Command): Command {
  return command
    .optionsGroup('Who is told, one of:')
    .option('--smtp <server>', 'people, by mail: smtps://HOST:465, or smtp://HOST:587 with STARTTLS')
    .option('--syslog <server>', 'a SIEM: tls://HOST:6514, tcp://HOST:514, udp://HOST:514')
    .option('--webhook <url>', 'a chat or a program: https://HOST/PATH; {secret} in it is the credential')
    .optionsGroup('For any of them:')
    .option('--credential <title>', 'of the registry: the login, the token, or the key that signs')
    .option('--ca <file>', 'the authority that vouches for the server, as PEM')
    .option('--least-severity <severity>', `${severities.join(', ')} (default: warning)`)
    .option('--quiet <times>', 'hold all but what is critical: 22:00-07:00')
    .option('--time-zone <zone>', "of --quiet: Europe/Lisbon (default: this machine's)")
    .option('--digest <minutes>', 'tell what comes within so many minutes together, for mail and chats')
    .optionsGroup('For --smtp:')
    .option('--from <address>', 'who sends')
    .option('--to <address...>', 'who gets it')
    .option('--no-tls', 'do without TLS and without a login, where the server has none: smtp://HOST:25')
    .optionsGroup('For --syslog:')
    .option('--format <format>', `${syslogFormats.join(', ')} (default: ${syslogFormats[0]})`)
    .option('--facility <name>', `${syslogFacilities.join(', ')} (default: ${syslogFacilities[0]})`)
    .option('--client-certificate <file>', 'what this instance proves itself with, as PEM')
    .option('--client-key <file>', 'its key, as PEM; --credential opens it, where it is locked')
    .optionsGroup('For --webhook:')
    .option('--preset <name>', `${webhookPresets.join(', ')} (default: ${webhookPresets[0]})`)
}

const kinds = ['smtp', 'syslog', 'webhook'] as const
type Kind = (typeof kinds)[number]

/** Which options belong to which kinds; the others belong to all. */
const belonging: Readonly<Partial<Record<keyof ChannelOptions, Kind>>> = {
  from: 'smtp',
  to: 'smtp',
  format: 'syslog',
  facility: 'syslog',
  clientCertificate: 'syslog',
  clientKey: 'syslog',
  preset: 'webhook',
}

/** @throws RedomaError `USAGE` */
export function specOfOptions(options: ChannelOptions): ChannelSpec {
  const kind = kindOf(options)
  refuseForeignOptions(options, kind)
  const parsed = channelSpec.safeParse(withoutAbsent(specAs(kind, options)))
  if (parsed.success) return parsed.data
  throw misfit(parsed.error.issues[0])
}

/** @param ownZone this machine's time zone. @throws RedomaError `USAGE` */
export function rulesOfOptions(options: ChannelOptions, ownZone: string): ChannelRules {
  const { leastSeverity, quiet, timeZone, digest } = options
  if (timeZone !== undefined && quiet === undefined)
    throw new RedomaError('USAGE', '--time-zone is that of --quiet, and there is none')
  const quietHours =
    quiet === undefined ? undefined : { ...parseQuietHours(quiet), zone: timeZone ?? ownZone }
  const digestMinutes = digest === undefined ? undefined : Number(digest)
  const parsed = channelRules.safeParse(withoutAbsent({ leastSeverity, quietHours, digestMinutes }))
  if (parsed.success) return parsed.data
  throw misfit(parsed.error.issues[0])
}

function kindOf(options: ChannelOptions): Kind {
  const given = kinds.filter((kind) => options[kind] !== undefined)
  const [kind] = given
  if (kind !== undefined && given.length === 1) return kind
  const what = given.length === 0 ? 'nobody is named who is to be told' : 'a channel leads to one place only'
  throw new RedomaError('USAGE', what, { hint: 'Name one of --smtp, --syslog and --webhook.' })
}

function refuseForeignOptions(options: ChannelOptions, kind: Kind): void {
  for (const [option, where] of Object.entries(belonging)) {
    if (options[option as keyof ChannelOptions] === undefined || where === kind) continue
    const words = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new RedomaError('USAGE', `--${words} does not go with --${kind}`, { hint: `It is for --${where}.` })
  }
  if (!options.tls && kind !== 'smtp') throw new RedomaError('USAGE', `--no-tls does not go with --${kind}`)
}

function specAs(kind: Kind, options: ChannelOptions): object {
  const caFile = absolute(options.ca)
  switch (kind) {
    case 'smtp': {
      const { from, to, tls, smtp = '' } = options
      return { kind, ...parseMailServer(smtp, tls), from, to, caFile }
    }
    case 'syslog': {
      const { syslog = '', format, facility, clientCertificate, clientKey } = options
      const own = { certificateFile: absolute(clientCertificate), keyFile: absolute(clientKey) }
      return { kind, ...parseReceiver(syslog), format, facility, caFile, ...own }
    }
    case 'webhook':
      return { kind, url: options.webhook, preset: options.preset, caFile }
  }
}

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path)
}

function misfit(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): RedomaError {
  const what = issue?.path.map(String).join('.') ?? ''
  return new RedomaError(
    'USAGE',
    `${what === '' ? 'the channel' : what}: ${issue?.message ?? 'is not understood'}`,
    {
      hint: 'redoma alert add --help',
    },
  )
}

function withoutAbsent(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
}

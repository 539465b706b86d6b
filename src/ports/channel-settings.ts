import { z } from 'zod'
import {
  type ChannelSettings,
  secretPlace,
  syslogFacilities,
  syslogFormats,
  syslogTransports,
  takesDigests,
  type WebhookSpec,
  webhookPresets,
} from './channel.ts'
import { severities } from './events.ts'
import { host, oneOf, path } from './specs.ts'

/*
 * The parsers of what people say of a channel, wherever it comes from: the catalogue's rows, a configuration file.
 */

const port = z.int().min(1).max(65_535)

/** An address alone, no name with it. What it is made of cannot end a header, or begin another. */
const mailAddress = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9](\.?[A-Za-z0-9-])*$/,
    'is not a mail address',
  )

const smtp = z.strictObject({
  kind: z.literal('smtp'),
  host,
  port,
  security: oneOf(['tls', 'starttls', 'none']),
  from: mailAddress,
  to: z.array(mailAddress).min(1).max(50),
  caFile: path.optional(),
})

const syslog = z
  .strictObject({
    kind: z.literal('syslog'),
    transport: oneOf(syslogTransports),
    host,
    port,
    format: oneOf(syslogFormats).default('structured'),
    facility: oneOf(syslogFacilities).default('daemon'),
    caFile: path.optional(),
    certificateFile: path.optional(),
    keyFile: path.optional(),
  })
  .refine(
    ({ transport, caFile, certificateFile }) =>
      transport === 'tls' || (caFile ?? certificateFile) === undefined,
    {
      message: 'has to be tls for certificates to count',
      path: ['transport'],
    },
  )
  .refine(({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined), {
    message: 'goes with certificateFile, and it with this',
    path: ['keyFile'],
  })

const webhook = z
  .strictObject({
    kind: z.literal('webhook'),
    url: z.string().max(2000).refine(isPlainUrl, 'is not http:// or https://, a host and a path'),
    preset: oneOf(webhookPresets).default('json'),
    caFile: path.optional(),
  })
  .refine(({ url, preset }) => url.includes(secretPlace) || !['slack', 'teams'].includes(preset), {
    message: `has to hold ${secretPlace} where its secret part stands: whoever has the whole of it can write there`,
    path: ['url'],
  })
  .refine(({ url, preset }) => preset !== 'ntfy' || !URL.canParse(url) || topicOf(url) !== '', {
    message: 'has to end in a topic',
    path: ['url'],
  })

export const channelSpec = z.discriminatedUnion('kind', [smtp, syslog, webhook])

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 07:00')

export const quietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    zone: z.string().max(64).refine(isTimeZone, 'is not a time zone such as Europe/Lisbon'),
  })
  .refine(({ from, to }) => from !== to, { message: 'is the same as from', path: ['to'] })

/** All of it but the spec, as it stands beside that in a file. */
export const channelRules = z.object({
  credential: z.uuid().optional(),
  leastSeverity: oneOf(severities).default('warning'),
  quietHours: quietHours.optional(),
  digestMinutes: z.int().min(0).max(1440).default(0),
})

/** @returns what does not fit together, in words; nothing where all does */
export function misfitOf({ spec, credential, digestMinutes }: ChannelSettings): string | undefined {
  if (digestMinutes > 0 && !takesDigests(spec)) return 'a machine is told each event by itself: no digest'
  if (spec.kind === 'smtp' && spec.security === 'none' && credential !== undefined)
    return 'a password is sent to no server without TLS'
  if (spec.kind === 'syslog' && credential !== undefined && spec.keyFile === undefined)
    return 'syslog has no password: a credential opens the key of a client certificate, and there is none'
  if (spec.kind === 'webhook' && credential === undefined && spec.url.includes(secretPlace))
    return `the address holds ${secretPlace}: name the credential that stands there`
  if (spec.kind === 'webhook' && credential !== undefined && sendsSecretInClear(spec))
    return 'the credential would be sent in the clear: use https://'
  return undefined
}

/** To this machine itself nobody listens on the way; a signature is not what signs. */
function sendsSecretInClear({ url, preset }: WebhookSpec): boolean {
  const { protocol, hostname } = new URL(url)
  const isOwn = /^(localhost|127\.[0-9.]+|\[::1\])$/.test(hostname)
  return protocol === 'http:' && !isOwn && (preset !== 'json' || url.includes(secretPlace))
}

/** Of a URL for ntfy: the last part of its path. */
export function topicOf(url: WebhookSpec['url']): string {
  return new URL(url).pathname.split('/').at(-1) ?? ''
}

function isPlainUrl(text: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, username, password, hash, host: server } = new URL(text)
  const isWeb = /^https?:$/.test(protocol)
  return isWeb && username === '' && password === '' && hash === '' && !server.includes('{')
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}

import type { Severity } from './events.ts'

/** How people and machines outside are told, by kind. No secret is in it: a record names a credential of the registry. */
export type ChannelSpec = SmtpSpec | SyslogSpec | WebhookSpec

/** Mail. */
export interface SmtpSpec {
  readonly kind: 'smtp'
  /** A name or an address; IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** TLS from the first byte on, TLS before anything else is said, or none: then nobody logs in. */
  readonly security: 'tls' | 'starttls' | 'none'
  readonly from: string
  readonly to: readonly string[]
  /** Who vouches for the server, as PEM; absent: the authorities that Node.js knows. */
  readonly caFile?: string | undefined
}

/** A SIEM, or whatever else takes syslog (RFC 5424). */
export interface SyslogSpec {
  readonly kind: 'syslog'
  readonly transport: SyslogTransport
  readonly host: string
  readonly port: number
  readonly format: SyslogFormat
  readonly facility: SyslogFacility
  readonly caFile?: string | undefined
  /** What we prove ourselves with, as PEM; both or neither. The credential is what opens the key, where it is locked. */
  readonly certificateFile?: string | undefined
  readonly keyFile?: string | undefined
}

export type SyslogTransport = (typeof syslogTransports)[number]
export const syslogTransports = ['tls', 'tcp', 'udp'] as const
export type SyslogFormat = (typeof syslogFormats)[number]
export const syslogFormats = ['structured', 'cef', 'leef', 'json'] as const
export type SyslogFacility = (typeof syslogFacilities)[number]
export const syslogFacilities = [
  ...(['daemon', 'auth', 'authpriv', 'local0', 'local1', 'local2'] as const),
  ...(['local3', 'local4', 'local5', 'local6', 'local7'] as const),
] as const

/** An HTTP request. */
export interface WebhookSpec {
  readonly kind: 'webhook'
  /** Where it holds `{secret}`, the credential stands in its place; else the credential signs, or is the token. */
  readonly url: string
  readonly preset: WebhookPreset
  readonly caFile?: string | undefined
}

export type WebhookPreset = (typeof webhookPresets)[number]
export const webhookPresets = ['json', 'slack', 'teams', 'ntfy', 'heartbeat'] as const
/** What stands in a URL for its secret part. */
export const secretPlace = '{secret}'

/** What is told over a channel, and when. */
export interface ChannelRules {
  /** Milder ones are not told. */
  readonly leastSeverity: Severity
  /** When nothing but what is critical is told; it is told after. */
  readonly quietHours?: QuietHours | undefined
  /** What comes within so many minutes is told together; 0: each at once. What is critical waits for nothing. */
  readonly digestMinutes: number
}

/** Each day, `23:00` to `07:00`; over midnight where `to` is not after `from`. */
export interface QuietHours {
  readonly from: string
  readonly to: string
  /** A time zone by its IANA name. */
  readonly zone: string
}

/** All that people say of a channel but its name. */
export interface ChannelSettings extends ChannelRules {
  readonly spec: ChannelSpec
  /** The id of a credential in the registry: its secret is the password, the signing key, the token, or opens the key. */
  readonly credential?: string | undefined
}

export interface ChannelRecord extends ChannelSettings {
  /** A UUID. */
  readonly id: string
  readonly name: string
  readonly createdAt: Date
}

/** Whether several notices can be told as one. A machine wants each by itself. */
export function takesDigests(spec: ChannelSpec): boolean {
  return spec.kind === 'smtp' || (spec.kind === 'webhook' && ['slack', 'teams', 'ntfy'].includes(spec.preset))
}

/** Where it leads, for people. */
export function whereTo(spec: ChannelSpec): string {
  switch (spec.kind) {
    case 'smtp':
      return `${spec.to.join(', ')} by ${authority(spec)}`
    case 'syslog':
      return `${spec.transport}://${authority(spec)}`
    case 'webhook':
      return spec.url
  }
}

/** The server that takes it: `host:port`. */
export function authorityOf(spec: ChannelSpec): string {
  return spec.kind === 'webhook' ? new URL(spec.url).host : authority(spec)
}

function authority({ host, port }: SmtpSpec | SyslogSpec): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** What was said of a channel, without what nobody said. */
export function settingsOf(channel: ChannelSettings): ChannelSettings {
  const { spec, credential, leastSeverity, quietHours, digestMinutes } = channel
  return {
    spec,
    ...(credential === undefined ? {} : { credential }),
    leastSeverity,
    ...(quietHours === undefined ? {} : { quietHours }),
    digestMinutes,
  }
}

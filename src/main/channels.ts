import { readFile } from 'node:fs/promises'
import type { NoteCertificate } from '../app/certificates/note-certificate.ts'
import { isRedomaError, messageOf, RedomaError } from '../core/errors.ts'
import { Secret } from '../core/secret.ts'
import type { ShownCertificate, TellShown } from '../core/shown-certificate.ts'
import type { CredentialStore } from '../ports/catalogue.ts'
import {
  authorityOf,
  type ChannelRecord,
  type SmtpSpec,
  type SyslogSpec,
  takesDigests,
} from '../ports/channel.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import type { Channel, Notice } from '../ports/notice.ts'

export interface ChannelDeps {
  readonly credentials: Pick<CredentialStore, 'get'>
  readonly version: string
  readonly noteCertificate: NoteCertificate
}

const clock = { now: () => new Date() }

/**
 * Channels of records, with what they need of the registry and of files: made anew when it is asked for, as passwords change and
 * certificates run out. One that cannot be made takes no notice, and says why.
 */
export function makeChannelOf(deps: ChannelDeps): (record: ChannelRecord) => Promise<Channel> {
  return async (record) => {
    try {
      let shown: ShownCertificate | undefined
      const channel = await open(deps, record, (certificate) => {
        shown = certificate
      })
      return noting(channel, async () => {
        if (shown === undefined) return
        const holder = { of: 'channel', id: record.id, machine: '' } as const
        await deps.noteCertificate(holder, authorityOf(record.spec), shown)
      })
    } catch (error) {
      if (!isRedomaError(error)) throw error
      return closed(record, error)
    }
  }
}

/** Also when it does not take what it is told: a server shows its certificate before. */
function noting(channel: Channel, note: () => Promise<void>): Channel {
  const noted = <T>(answer: Promise<T>): Promise<T> => answer.finally(note)
  const deliverDigest = channel.deliverDigest?.bind(channel)
  const beat = channel.beat?.bind(channel)
  return {
    deliver: (notice, signal) => noted(channel.deliver(notice, signal)),
    ...(deliverDigest && {
      deliverDigest: (notices: readonly Notice[], signal: AbortSignal) =>
        noted(deliverDigest(notices, signal)),
    }),
    ...(beat && { beat: (isWell: boolean, signal: AbortSignal) => noted(beat(isWell, signal)) }),
  }
}

async function open(
  { credentials, version }: ChannelDeps,
  record: ChannelRecord,
  onCertificate: TellShown,
): Promise<Channel> {
  const { spec } = record
  const login = record.credential === undefined ? undefined : await loginOf(credentials, record.credential)
  const ca = await textOf(spec.caFile)
  switch (spec.kind) {
    case 'smtp': {
      const { smtpChannel } = await import('../notifiers/smtp/smtp-channel.ts')
      return smtpChannel(spec, { ca, login: login && passwordOf(spec, login), onCertificate })
    }
    case 'syslog': {
      const { syslogChannel } = await import('../notifiers/syslog/syslog-channel.ts')
      return syslogChannel(spec, {
        version,
        tls: { ca, ...(await ownCertificate(spec)), passphrase: login?.secret, onCertificate },
      })
    }
    case 'webhook': {
      const { webhookChannel } = await import('../notifiers/webhook/webhook-channel.ts')
      return webhookChannel(spec, { version, clock, ca, secret: login?.secret, onCertificate })
    }
  }
}

function closed({ spec }: ChannelRecord, { message, hint }: RedomaError): Channel {
  const deliver = (): Promise<never> => Promise.reject(new RedomaError('NOTICE_FAILED', message, { hint }))
  return takesDigests(spec) ? { deliver, deliverDigest: deliver } : { deliver }
}

async function ownCertificate({ certificateFile, keyFile }: SyslogSpec) {
  const [certificate, key] = await Promise.all([textOf(certificateFile), textOf(keyFile)])
  return { certificate, key: key === undefined ? undefined : new Secret(key) }
}

interface Login {
  readonly title: string
  readonly user: string | undefined
  readonly secret: Secret
}

function passwordOf({ host }: SmtpSpec, { title, user, secret }: Login) {
  if (user !== undefined) return { user, password: secret }
  throw new RedomaError('KEY_WRONG', `the credential ${title}, for ${host}, has no user`, {
    hint: 'redoma credential edit',
  })
}

async function loginOf(credentials: ChannelDeps['credentials'], id: string): Promise<Login> {
  const { title, user, secret } = await credentialOf(credentials, id)
  if (secret !== undefined) return { title, user, secret }
  throw new RedomaError('KEY_WRONG', `the credential ${title} has no secret`, {
    hint: 'redoma credential edit',
  })
}

async function credentialOf(credentials: ChannelDeps['credentials'], id: string): Promise<CredentialRecord> {
  try {
    return await credentials.get(id)
  } catch (error) {
    if (!isRedomaError(error, 'NOT_FOUND')) throw error
    throw new RedomaError('KEY_WRONG', `the credential of the channel was removed: ${id}`, {
      hint: 'Add it again, and the channel with it: redoma credential add; redoma alert remove; redoma alert add',
      cause: error,
    })
  }
}

async function textOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new RedomaError('FILE_FAILED', `${path} cannot be read: ${messageOf(error)}`, {
      hint: 'See that it is there, and may be read by the user that Redoma runs as.',
      cause: error,
    })
  })
}

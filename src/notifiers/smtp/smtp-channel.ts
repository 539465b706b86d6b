import { createTransport } from 'nodemailer'
import type { Secret } from '../../core/secret.ts'
import { type TellShown, tellingShown } from '../../core/shown-certificate.ts'
import type { SmtpSpec } from '../../ports/channel.ts'
import type { Channel, Notice } from '../../ports/notice.ts'
import { failed, inTime, refused } from '../in-time.ts'
import { cut, oneLine, plainNotice } from '../plain-words.ts'
import { digestMail, type Mail, mailOf } from './mail.ts'

export interface SmtpDeps {
  readonly login?: { readonly user: string; readonly password: Secret } | undefined
  /** Authorities as PEM; they alone are trusted then. */
  readonly ca?: string | undefined
  /** Told of the server's certificate. */
  readonly onCertificate?: TellShown | undefined
  readonly patienceMs?: number
}

/** How much of each word is told, and of several notices each. */
const mostBytes = 4000
const mostBytesOfSeveral = 1000
/** Of a server that answers longer, no answer is wanted. */
const answerLimitBytes = 16 * 1024

/** A mail server: one connection a mail, as there are few. */
export function smtpChannel(spec: SmtpSpec, deps: SmtpDeps): Channel {
  const { patienceMs = 60_000 } = deps
  const where = `mail server ${spec.host}:${spec.port}`
  const send = (mail: Mail, notice: Notice | undefined, signal: AbortSignal): Promise<string> =>
    inTime(where, patienceMs, signal, async (limited) => {
      try {
        return await sendMail(spec, deps, mail, notice, limited)
      } catch (error) {
        limited.throwIfAborted()
        throw refusalIn(where, error) ?? error
      }
    })
  return {
    deliver(notice, signal) {
      const plain = plainNotice(notice, mostBytes)
      return send(mailOf(spec, plain), plain, signal)
    },
    deliverDigest(notices, signal) {
      const plain = notices.map((notice) => plainNotice(notice, mostBytesOfSeveral))
      return send(digestMail(spec, plain), plain[0], signal)
    },
  }
}

async function sendMail(
  spec: SmtpSpec,
  { login, ca, onCertificate, patienceMs = 60_000 }: SmtpDeps,
  { inReplyTo, ...mail }: Mail,
  notice: Notice | undefined,
  signal: AbortSignal,
): Promise<string> {
  const transport = createTransport({
    host: spec.host,
    port: spec.port,
    secure: spec.security === 'tls',
    requireTLS: spec.security === 'starttls',
    ignoreTLS: spec.security === 'none',
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
      ...tellingShown(onCertificate),
    },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password.reveal() } }),
    name: greetingName(notice?.instance.host ?? ''),
    maxResponseSize: answerLimitBytes,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    dnsTimeout: patienceMs,
    socketCloseTimeout: 0,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    const { response, rejected } = await transport.sendMail({
      ...mail,
      ...(inReplyTo === undefined ? {} : { inReplyTo, references: inReplyTo }),
      from: { name: `Redoma ${notice?.instance.name ?? ''}`, address: spec.from },
      to: spec.to.map((address) => ({ name: '', address })),
      envelope: { from: spec.from, to: [...spec.to] },
      signal,
    })
    const without = rejected.length === 0 ? '' : `; not for ${rejected.map(String).join(', ')}`
    return `${said(response)}${without}`
  } finally {
    transport.close()
  }
}

/** What a server will never take is not sent again; what waits for a password that a person puts right is. Of what it says to a password nothing is told but its number: it may say it again. */
function refusalIn(where: string, error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, responseCode, permanent, response } = error as MailError
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    const why = `it does not let us log in${responseCode === undefined ? '' : ` (${responseCode})`}`
    return failed(where, why, {
      hint: 'See that the credential is right: redoma credential edit',
    })
  }
  if (responseCode === undefined) return undefined
  return (permanent === true ? refused : failed)(
    where,
    `it answered ${said(response ?? String(responseCode))}`,
  )
}

interface MailError {
  readonly code?: string | undefined
  readonly responseCode?: number | undefined
  readonly permanent?: boolean | undefined
  readonly response?: string | undefined
}

function said(response: string): string {
  return cut(oneLine(response), 200)
}

/** A name of a host, or nothing that could be taken for something else. */
function greetingName(host: string): string {
  return /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host) ? host : 'localhost'
}

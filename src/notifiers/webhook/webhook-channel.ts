import { createHmac } from 'node:crypto'
import type { Secret } from '../../core/secret.ts'
import type { TellShown } from '../../core/shown-certificate.ts'
import { secretPlace, type WebhookSpec } from '../../ports/channel.ts'
import { topicOf } from '../../ports/channel-settings.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Channel, Notice } from '../../ports/notice.ts'
import { headlineOf, linesOf, sourceOf } from '../for-people.ts'
import { failed, inTime, refused } from '../in-time.ts'
import { noticeJson } from '../notice-json.ts'
import { cut, oneLine, plainNotice } from '../plain-words.ts'
import { ntfyPayload, slackPayload, teamsPayload } from './chat-payloads.ts'
import { type Answer, post } from './post.ts'

export interface WebhookDeps {
  readonly version: string
  readonly clock: Clock
  /** Stands in the address, signs, or is the token: as the spec has it. */
  readonly secret?: Secret | undefined
  /** Authorities as PEM. */
  readonly ca?: string | undefined
  /** Told of the server's certificate. */
  readonly onCertificate?: TellShown | undefined
  readonly patienceMs?: number
}

/** How much of each word is told, and of several notices each: Teams takes 28 KB in all. */
const mostBytes = 2000
const mostBytesOfSeveral = 200

export function webhookChannel(spec: WebhookSpec, deps: WebhookDeps): Channel {
  const { patienceMs = 20_000 } = deps
  const send = (body: Body, signal: AbortSignal): Promise<string> =>
    inTime(spec.url, patienceMs, signal, (limited) => sendTo(spec, deps, body, limited))
  const tell = (notices: readonly Notice[], signal: AbortSignal): Promise<string> => {
    const bytes = notices.length > 1 ? mostBytesOfSeveral : mostBytes
    const plain = notices.map((notice) => plainNotice(notice, bytes))
    return send(bodyOf(spec, plain), signal)
  }
  const deliver: Channel['deliver'] = (notice, signal) => tell([notice], signal)
  switch (spec.preset) {
    case 'json':
      return { deliver }
    case 'heartbeat':
      return { deliver, beat: (isWell, signal) => send(isWell ? well : unwell, signal) }
    case 'slack':
    case 'teams':
    case 'ntfy':
      return { deliver, deliverDigest: tell }
  }
}

/** What is posted, and to which address below the channel's own. */
interface Body {
  readonly type: string
  readonly text: string
  readonly below: string
}

const well: Body = { type: 'text/plain; charset=utf-8', text: 'All is well.', below: '' }
const unwell: Body = { ...well, text: 'Something is wrong.', below: '/fail' }

function bodyOf({ preset, url }: WebhookSpec, notices: readonly Notice[]): Body {
  const json = (value: object | undefined): Body => ({
    type: 'application/json',
    text: JSON.stringify(value),
    below: '',
  })
  const [notice] = notices
  switch (preset) {
    case 'json':
      return json(notice && noticeJson(notice))
    case 'slack':
      return json(slackPayload(notices))
    case 'teams':
      return json(teamsPayload(notices))
    case 'ntfy':
      return json(ntfyPayload(topicOf(url), notices))
    case 'heartbeat':
      return heartbeatBody(notice)
  }
}

/** What is wrong is told as a failure, and all else only noted: that all is well, nothing but a beat says. */
function heartbeatBody(notice: Notice | undefined): Body {
  if (notice === undefined) return unwell
  const { severity, incident } = notice
  const isWrong = incident?.phase !== 'closed' && (severity === 'error' || severity === 'critical')
  const text = [headlineOf(notice), ...linesOf(notice), sourceOf(notice)].join('\n')
  return { ...well, text, below: isWrong ? '/fail' : '/log' }
}

async function sendTo(
  spec: WebhookSpec,
  { version, clock, secret, ca, onCertificate }: WebhookDeps,
  { type, text, below }: Body,
  signal: AbortSignal,
): Promise<string> {
  const body = Buffer.from(text)
  const headers = {
    'content-type': type,
    'user-agent': `redoma/${version}`,
    ...headersBy(spec, secret, clock.now(), body),
  }
  const answer = await post({ url: addressOf(spec, secret, below), headers, body, ca, onCertificate }, signal)
  return judge(spec.url, answer, secret)
}

/** A token, or what proves that it is from us and how old it is: HMAC-SHA-256 over `TIME.BODY`. */
function headersBy(
  { url, preset }: WebhookSpec,
  secret: Secret | undefined,
  now: Date,
  body: Buffer,
): Record<string, string> {
  if (secret === undefined || url.includes(secretPlace)) return {}
  if (preset !== 'json') {
    if (/^[\x21-\x7e]+$/.test(secret.reveal())) return { authorization: `Bearer ${secret.reveal()}` }
    throw failed(url, 'the credential is no token: it has characters that no header can have')
  }
  const time = Math.floor(now.getTime() / 1000)
  const signature = createHmac('sha256', secret.reveal()).update(`${time}.`).update(body).digest('hex')
  return { 'redoma-timestamp': String(time), 'redoma-signature': `v1=${signature}` }
}

function addressOf({ url, preset }: WebhookSpec, secret: Secret | undefined, below: string): URL {
  const address = new URL(url.replaceAll(secretPlace, () => inUrl(secret?.reveal() ?? '')))
  const path = address.pathname.replace(/\/$/, '')
  if (below !== '') address.pathname = `${path}${below}`
  // The topic is in the body.
  if (preset === 'ntfy') address.pathname = path.slice(0, path.lastIndexOf('/') + 1)
  return address
}

/** What was copied out of an address is as it is there; anything else is made to fit. */
function inUrl(text: string): string {
  return /^[\w.~:/?@!$&'()*+,;=%-]*$/.test(text) ? text : encodeURIComponent(text)
}

function judge(where: string, { status, text }: Answer, secret: Secret | undefined): string {
  const said = cut(oneLine(withoutSecret(text, secret).slice(0, 2000)), 200)
  const answer = said === '' ? `${status}` : `${status} ${said}`
  if (status >= 200 && status < 300) return answer
  if (status >= 300 && status < 400)
    throw failed(where, `it leads elsewhere (${status}), where nothing is sent`)
  throw (isOfMessage(status) ? refused : failed)(where, `it answered ${answer}`)
}

/** Bad, too long, of a kind or with words that it does not take. All else is of the address or the credential, which a person puts right: what waits is told then. */
function isOfMessage(status: number): boolean {
  return [400, 413, 415, 422].includes(status)
}

/** A server may say again what it was sent. */
function withoutSecret(text: string, secret: Secret | undefined): string {
  const own = secret?.reveal() ?? ''
  return own === '' ? text : text.replaceAll(own, '…').replaceAll(encodeURIComponent(own), '…')
}

import { createHash, type X509Certificate } from 'node:crypto'
import { messageOf } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { certificateIn, isFor, type KeyPair } from './key-pair.ts'

/** The certificate that is shown to clients now, and the one that takes its place later. */
export interface HeldCertificate extends Disposable {
  pair(): KeyPair
  /** Whether it is for this name or address. */
  isFor(host: string): boolean
  words(): CertificateWords
  /** `take` is called with each later one. */
  onChange(take: (pair: KeyPair) => void): void
}

export interface CertificateWords {
  /** SHA-256 of the certificate, as browsers show it: `AB:CD:…`. */
  readonly fingerprint: string
  /** SHA-256 of its public key, as `curl --pinnedpubkey` takes it: `sha256//…`. */
  readonly pin: string
  readonly from: Date
  readonly until: Date
}

export interface HoldDeps {
  /** What there is now: read from files, or made. */
  readonly load: () => Promise<KeyPair>
  readonly clock: Clock
  readonly log: Log
  /** Between two looks, in milliseconds. */
  readonly everyMs: number
}

/**
 * Holds a certificate, and looks every so often whether there is another. One that cannot be read, or does not go with its key, is told of in the log, and the
 * former stays: whoever renews certificates writes two files, one after the other.
 *
 * @throws whatever `load` throws the first time
 */
export async function holdCertificate({ load, clock, log, everyMs }: HoldDeps): Promise<HeldCertificate> {
  const takers: ((pair: KeyPair) => void)[] = []
  let held = heldOf(await load())
  let said = ''
  const say = (words: string, fields: Readonly<Record<string, unknown>>): void => {
    const line = JSON.stringify([words, fields])
    if (line !== said) log.warn(words, fields)
    said = line
  }
  const lookAtTime = (): void => {
    if (held.first.validToDate > clock.now()) return
    say('certificate is over', { until: held.first.validToDate.toISOString() })
  }
  lookAtTime()
  const look = async (): Promise<void> => {
    try {
      const pair = await load()
      if (pair.certificate !== held.pair.certificate || !pair.key.equals(held.pair.key)) {
        const next = heldOf(pair)
        for (const take of takers) take(pair)
        held = next
        log.info('certificate exchanged', { fingerprint: next.first.fingerprint256 })
      }
      lookAtTime()
    } catch (error) {
      say('certificate not read', { why: messageOf(error) })
    }
  }
  let timer: NodeJS.Timeout | undefined
  let isOver = false
  const again = (): void => {
    if (isOver) return
    timer = setTimeout(() => void look().then(again), everyMs).unref()
  }
  again()
  return {
    pair: () => held.pair,
    isFor: (host) => isFor(held.first, host),
    words: () => ({
      fingerprint: held.first.fingerprint256,
      pin: pinOf(held.first),
      from: held.first.validFromDate,
      until: held.first.validToDate,
    }),
    onChange(take) {
      takers.push(take)
    },
    [Symbol.dispose]() {
      isOver = true
      clearTimeout(timer)
    },
  }
}

function heldOf(pair: KeyPair): { readonly pair: KeyPair; readonly first: X509Certificate } {
  return { pair, first: certificateIn(pair.certificate, 'the certificate') }
}

function pinOf({ publicKey }: X509Certificate): string {
  const bytes = publicKey.export({ type: 'spki', format: 'der' })
  return `sha256//${createHash('sha256').update(bytes).digest('base64')}`
}

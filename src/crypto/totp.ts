import { Secret as Key, TOTP } from 'otpauth'
import { Secret } from '../core/secret.ts'

/** What every program for phones takes: RFC 6238 with SHA-1, six digits, half a minute. */
const settings = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const keyBytes = 20

/** A new key, in base32. */
export function newTotpSecret(): Secret {
  return new Secret(new Key({ size: keyBytes }).base32)
}

/** What such programs read from a QR code. */
export function totpUri(secret: Secret, instance: string, user: string): Secret {
  const totp = new TOTP({
    ...settings,
    secret: Key.fromBase32(secret.reveal()),
    issuer: instance,
    label: user,
  })
  return new Secret(totp.toString())
}

/** The number of the half minute that a code is of: now, or the one before or after, as clocks differ; `undefined` where it is of none. */
export function totpStepOf(secret: Secret, code: string, now: Date): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const totp = new TOTP({ ...settings, secret: Key.fromBase32(secret.reveal()) })
  const timestamp = now.getTime()
  const delta = totp.validate({ token: code, timestamp, window: 1 })
  return delta === null ? undefined : totp.counter({ timestamp }) + delta
}

/** Fields in which KeePassXC (`otp`), KeePass (`TimeOtp-…`) and older plug-ins keep the seed. */
export const totpNames = [
  'otp',
  'TimeOtp-Secret-Base32',
  'TimeOtp-Secret',
  'TimeOtp-Secret-Hex',
  'TimeOtp-Secret-Base64',
  'TimeOtp-Length',
  'TimeOtp-Period',
  'TimeOtp-Algorithm',
  'TOTP Seed',
  'TOTP Settings',
]

/** The `otpauth://` URI or the seed in base32; `undefined` when there is none. */
export function totpOf(text: (name: string) => string): string | undefined {
  const seed =
    text('otp') ||
    text('TimeOtp-Secret-Base32') ||
    text('TOTP Seed') ||
    base32(Buffer.from(text('TimeOtp-Secret'))) ||
    base32(Buffer.from(text('TimeOtp-Secret-Hex'), 'hex')) ||
    base32(Buffer.from(text('TimeOtp-Secret-Base64'), 'base64'))
  if (seed === '') return undefined
  const settings = settingsOf(text)
  return settings === '' || seed.startsWith('otpauth:')
    ? seed
    : `otpauth://totp/KeePass?secret=${seed}${settings}`
}

/** What differs from RFC 6238's usual six digits, thirty seconds, SHA-1. */
function settingsOf(text: (name: string) => string): string {
  const [period = '', digits = ''] = text('TOTP Settings').split(';')
  const given = {
    digits: text('TimeOtp-Length') || digits,
    period: text('TimeOtp-Period') || period,
    algorithm: text('TimeOtp-Algorithm')
      .replace(/^HMAC-/, '')
      .replaceAll('-', ''),
  }
  const usual = { digits: '6', period: '30', algorithm: 'SHA1' }
  return (['digits', 'period', 'algorithm'] as const)
    .filter((name) => given[name] !== '' && given[name] !== usual[name])
    .map((name) => `&${name}=${encodeURIComponent(given[name])}`)
    .join('')
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, without padding. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)] ?? '').join('')
}

import { randomBytes, timingSafeEqual } from 'node:crypto'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, wipe } from '../../core/bytes.ts'
import { interpolate, type Point } from './gf256.ts'

/** Where the polynomials hold the secret, and what tells the right secret from a wrong one. */
const secretAt = 255
const digestAt = 254
const digestBytes = 4

/**
 * `count` shares of a secret, any `threshold` of which give it back; those at 0, 1, 2 …. The caller wipes them.
 * (SLIP-39, "Sharing a secret")
 */
export function splitBytes(secret: Uint8Array, threshold: number, count: number): readonly Uint8Array[] {
  if (threshold === 1) return Array.from({ length: count }, () => Uint8Array.from(secret))
  const chosen = Array.from({ length: threshold - 2 }, () => Uint8Array.from(randomBytes(secret.length)))
  const digest = digestOf(secret, randomBytes(secret.length - digestBytes))
  const points: Point[] = [
    ...chosen.map((y, x) => ({ x, y })),
    { x: digestAt, y: digest },
    { x: secretAt, y: secret },
  ]
  const derived = Array.from({ length: count - chosen.length }, (_, at) =>
    interpolate(points, chosen.length + at),
  )
  wipe(digest)
  return [...chosen, ...derived]
}

/** The secret of exactly as many points as are needed, or nothing when they do not belong together. */
export function recoverBytes(points: readonly Point[]): Uint8Array | undefined {
  const [only] = points
  if (points.length === 1) return only && Uint8Array.from(only.y)
  const secret = interpolate(points, secretAt)
  const digest = interpolate(points, digestAt)
  const expected = digestOf(secret, digest.subarray(digestBytes))
  const isRight = timingSafeEqual(digest, expected)
  wipe(digest, expected)
  if (isRight) return secret
  wipe(secret)
  return undefined
}

/** Four bytes that depend on the secret, and the random ones that they were made with. */
function digestOf(secret: Uint8Array, random: Uint8Array): Uint8Array {
  return concatBytes([hmac(sha256, random, secret).subarray(0, digestBytes), random])
}

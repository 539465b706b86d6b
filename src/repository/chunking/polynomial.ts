import { randomBytes } from 'node:crypto'

/** Degree of every polynomial that restic cuts with. */
const degree = 53

/** A random irreducible polynomial over GF(2) of degree 53, as bits: each repository cuts in its own places. */
export function randomPolynomial(): bigint {
  for (;;) {
    const random = randomBytes(8).readBigUInt64BE() & ((1n << 54n) - 1n)
    const candidate = random | (1n << 53n) | 1n
    if (isIrreducible(candidate)) return candidate
  }
}

/** Whether it can be cut with: of degree 53 and irreducible. */
export function isChunkerPolynomial(polynomial: bigint): boolean {
  return degreeOf(polynomial) === degree && isIrreducible(polynomial)
}

/** Ben-Or's test: no factor of degree i divides x^(2^i) − x, for every i up to half the degree. */
export function isIrreducible(polynomial: bigint): boolean {
  let power = 2n
  for (let i = 1; i <= degreeOf(polynomial) / 2; i++) {
    power = multiplyModulo(power, power, polynomial)
    if (greatestCommonDivisor(polynomial, power ^ 2n) !== 1n) return false
  }
  return degreeOf(polynomial) > 0
}

function degreeOf(polynomial: bigint): number {
  return polynomial <= 0n ? -1 : polynomial.toString(2).length - 1
}

export function modulo(value: bigint, polynomial: bigint): bigint {
  const shortest = degreeOf(polynomial)
  let rest = value
  for (let d = degreeOf(rest); d >= shortest; d = degreeOf(rest)) rest ^= polynomial << BigInt(d - shortest)
  return rest
}

function multiplyModulo(a: bigint, b: bigint, polynomial: bigint): bigint {
  let product = 0n
  for (let bit = 0n; b >> bit > 0n; bit++) if (((b >> bit) & 1n) === 1n) product ^= a << bit
  return modulo(product, polynomial)
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestCommonDivisor(b, modulo(a, b))
}

/*
 * The field of 256 elements that AES uses (x^8 + x^4 + x^3 + x + 1). Without tables or branches, so that what a secret
 * byte is does not show in the time or in the cache, as far as an engine of JavaScript lets that be said.
 */

export function multiply(a: number, b: number): number {
  let product = 0
  let shifted = a
  for (let bit = 0; bit < 8; bit++) {
    product ^= shifted & -((b >> bit) & 1)
    shifted = ((shifted << 1) & 0xff) ^ (0x1b & -(shifted >> 7))
  }
  return product
}

/** a^254, which is 1/a; of 0 it is 0. */
function invert(a: number): number {
  let square = a
  let inverse = 1
  for (let step = 0; step < 7; step++) {
    square = multiply(square, square)
    inverse = multiply(inverse, square)
  }
  return inverse
}

export interface Point {
  /** 0 to 255, different in each point. */
  readonly x: number
  /** A byte of each of as many polynomials. */
  readonly y: Uint8Array
}

/** The values at `x` of the polynomials of the lowest degree that go through all `points`. */
export function interpolate(points: readonly Point[], x: number): Uint8Array {
  const values = new Uint8Array(points[0]?.y.length ?? 0)
  for (const point of points) {
    const weight = lagrange(points, point, x)
    for (let at = 0; at < values.length; at++) {
      values[at] = (values[at] ?? 0) ^ multiply(weight, point.y[at] ?? 0)
    }
  }
  return values
}

function lagrange(points: readonly Point[], point: Point, x: number): number {
  let weight = 1
  for (const other of points) {
    if (other === point) continue
    weight = multiply(weight, multiply(x ^ other.x, invert(point.x ^ other.x)))
  }
  return weight
}

import { x25519 } from '@noble/curves/ed25519.js'

/*
 * Twin of typage's own module of this name. That one asks the browser's `crypto.subtle` first, which is missing on plain http://, and
 * differs from browser to browser; one multiplication a bundle needs no speed.
 */

export async function scalarMult(scalar: Uint8Array, point: Uint8Array): Promise<Uint8Array> {
  return x25519.scalarMult(scalar, point)
}

export async function scalarMultBase(scalar: Uint8Array): Promise<Uint8Array> {
  return x25519.scalarMultBase(scalar)
}

import { createHash } from 'node:crypto'

/**
 * How much later a run begins, in milliseconds, whole seconds below `limitMs`: the same for one seed and due time, so that a program that was started again does not
 * choose anew.
 */
export function jitter(seed: string, due: Date, limitMs: number): number {
  if (limitMs <= 0) return 0
  const hash = createHash('sha256').update(`${seed}\n${due.toISOString()}`).digest()
  const share = hash.readUIntBE(0, 6) / 2 ** 48
  return Math.floor((share * limitMs) / 1000) * 1000
}

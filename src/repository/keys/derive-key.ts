import { scrypt } from 'node:crypto'
import { RedomaError } from '../../core/errors.ts'
import type { Secret } from '../../core/secret.ts'
import { type SealingKey, sealingKeyFrom } from '../envelope/sealing-key.ts'

/** scrypt's cost (RFC 7914): memory is 128·N·r bytes, work that times p. */
export interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** Memory and work that a key file, which anyone who can write to the destination may have made, can demand of us. */
const maxMemoryBytes = 256 * 1024 * 1024
const maxWorkBytes = 4 * 1024 * 1024 * 1024

/**
 * The key that a password stands for. Runs off the main thread.
 *
 * @throws RedomaError `LIMIT_EXCEEDED` when the cost is more than we are ready to pay, `DATA_DAMAGED` when it makes no sense
 */
export async function deriveKey(password: Secret, salt: Uint8Array, cost: ScryptCost): Promise<SealingKey> {
  checkCost(cost)
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  const options = { N: cost.N, r: cost.r, p: cost.p, maxmem: 2 * maxMemoryBytes }
  scrypt(Buffer.from(password.reveal()), salt, 64, options, (error, bytes) => {
    if (error === null) resolve(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
    else reject(new RedomaError('DATA_DAMAGED', 'scrypt refuses the cost in a key file', { cause: error }))
  })
  return sealingKeyFrom(await promise)
}

function checkCost({ N, r, p }: ScryptCost): void {
  const sound = [N, r, p].every((value) => Number.isSafeInteger(value) && value > 0)
  if (!sound || N < 2 || N > 2 ** 30 || (N & (N - 1)) !== 0) {
    throw new RedomaError('DATA_DAMAGED', 'a key file has an impossible scrypt cost')
  }
  const memoryBytes = 128 * N * r
  if (memoryBytes > maxMemoryBytes || memoryBytes * p > maxWorkBytes) {
    throw new RedomaError('LIMIT_EXCEEDED', `a key file asks for ${memoryBytes} bytes of memory, ${p} times`)
  }
}

import { createHash } from 'node:crypto'
import { MerkleTree } from './merkle.ts'

/** SHA-256 (lower-case hex) and length of a stream that was let through. */
export interface Digest {
  readonly sha256: string
  readonly bytes: number
}

/** Measures a stream as it passes. */
export class PassingDigest {
  readonly #hash = createHash('sha256')
  #bytes = 0

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
  }

  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.update(chunk)
      yield chunk
    }
  }

  /** Once, at the end. */
  digest(): Digest {
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes }
  }
}

export interface PlaintextDigest extends Digest {
  /** Lower-case hex. */
  readonly merkleRoot: string
}

/** As `PassingDigest`, with the Merkle root. */
export class PassingPlaintext {
  readonly #digest = new PassingDigest()
  readonly #tree = new MerkleTree()

  async *through(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#digest.update(chunk)
      this.#tree.update(chunk)
      yield chunk
    }
  }

  digest(): PlaintextDigest {
    return { ...this.#digest.digest(), merkleRoot: Buffer.from(this.#tree.root()).toString('hex') }
  }
}

/** Reads a stream to its end, for its digest alone. */
export async function digestOf(chunks: AsyncIterable<Uint8Array>): Promise<Digest> {
  const digest = new PassingDigest()
  for await (const chunk of chunks) digest.update(chunk)
  return digest.digest()
}

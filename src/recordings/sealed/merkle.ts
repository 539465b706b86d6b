import { createHash } from 'node:crypto'

export const merkleLeafBytes = 64 * 1024

/**
 * Root of the Merkle tree over a stream cut into leaves of 64 KiB (the last may be shorter), as RFC 6962, 2.1 defines it:
 * leaves are hashed with a 0x00 before them and nodes with a 0x01, so that no leaf can pass for a node. It lets anyone
 * prove later that one part of a long recording belongs to what was sealed, without showing the rest.
 */
export class MerkleTree {
  /** Roots of the complete subtrees so far, each with its height; heights fall strictly from left to right. */
  readonly #subtrees: Subtree[] = []
  #leaf = newLeaf()
  #leafLength = 0

  update(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; ) {
      // A full leaf is closed only when more follows, so that there is never an empty one at the end.
      if (this.#leafLength === merkleLeafBytes) this.#closeLeaf()
      const part = bytes.subarray(offset, offset + merkleLeafBytes - this.#leafLength)
      this.#leaf.update(part)
      this.#leafLength += part.length
      offset += part.length
    }
  }

  /** The root, 32 bytes. Once, at the end. The tree of an empty stream is the hash of nothing. */
  root(): Uint8Array {
    if (this.#leafLength > 0) this.#closeLeaf()
    const fromRight = this.#subtrees.toReversed().map((subtree) => subtree.hash)
    const [first, ...rest] = fromRight
    if (first === undefined) return createHash('sha256').digest()
    return rest.reduce((right, left) => nodeOf(left, right), first)
  }

  #closeLeaf(): void {
    let subtree: Subtree = { height: 0, hash: this.#leaf.digest() }
    for (;;) {
      const left = this.#subtrees.at(-1)
      if (left?.height !== subtree.height) break
      this.#subtrees.pop()
      subtree = { height: left.height + 1, hash: nodeOf(left.hash, subtree.hash) }
    }
    this.#subtrees.push(subtree)
    this.#leaf = newLeaf()
    this.#leafLength = 0
  }
}

interface Subtree {
  readonly height: number
  readonly hash: Buffer
}

function newLeaf(): ReturnType<typeof createHash> {
  return createHash('sha256').update(Uint8Array.of(0))
}

function nodeOf(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(Uint8Array.of(1)).update(left).update(right).digest()
}

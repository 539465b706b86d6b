import { createHash } from 'node:crypto'
import { fc, test as property } from '@fast-check/vitest'
import { expect } from 'vitest'
import { pattern } from '../../../test/support/pattern.ts'
import { MerkleTree, merkleLeafBytes } from './merkle.ts'

/** RFC 6962, 2.1, word by word. */
function rootByDefinition(leaves: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
    createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = leaves
  if (only === undefined) return sha256()
  if (leaves.length === 1) return sha256(Uint8Array.of(0), only)
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)].map(rootByDefinition)
  return sha256(Uint8Array.of(1), left ?? only, right ?? only)
}

property.prop([
  fc.integer({ min: 0, max: 11 }),
  fc.constantFrom(0, 1, 100, merkleLeafBytes - 1),
  fc.array(fc.integer({ min: 1, max: 3 * merkleLeafBytes }), { maxLength: 5 }),
])('the root is the one of the definition, however the stream is fed', (leafCount, extra, cuts) => {
  const bytes = pattern(leafCount * merkleLeafBytes + extra)
  const leaves: Uint8Array[] = []
  for (let offset = 0; offset < bytes.length; offset += merkleLeafBytes)
    leaves.push(bytes.subarray(offset, offset + merkleLeafBytes))
  const tree = new MerkleTree()
  let fed = 0
  for (const cut of [...cuts, bytes.length]) {
    tree.update(bytes.subarray(fed, fed + cut))
    fed += cut
  }

  expect(Buffer.compare(tree.root(), rootByDefinition(leaves))).toBe(0)
})

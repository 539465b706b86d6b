import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aFile, aFolder } from '../../../test/support/handmade-repository.ts'
import { isRedomaError } from '../../core/errors.ts'
import type { BlobId } from '../ids.ts'
import { decodeTree } from './decode-tree.ts'
import { eachNode } from './each-node.ts'
import { encodeNode, joinNodes } from './encode-tree.ts'
import type { TreeNode } from './node.ts'

const numRuns = process.env['SLOW'] === undefined ? 1_000 : 100_000
const id = 'ab'.repeat(32) as BlobId
const anyName = fc.string({
  minLength: 1,
  maxLength: 6,
  unit: fc.constantFrom('a', '"', '\\', '{', '}', ',', 'é'),
})
const treeOf = (nodes: readonly TreeNode[]): Uint8Array => joinNodes(nodes.map(encodeNode))
const anyTree = fc
  .array(anyName, { maxLength: 8 })
  .map((names) => treeOf(names.map((name, n) => (n % 2 === 0 ? aFile(name, [id], 1) : aFolder(name, id)))))

/** The nodes, how many were bad, or that it is refused. */
function outcome(read: (onBadNode: () => void) => Iterable<TreeNode>): unknown {
  let bad = 0
  try {
    return { nodes: [...read(() => bad++)], bad }
  } catch (error) {
    if (!isRedomaError(error)) throw error
    return error.code
  }
}

describe('the nodes of a tree, piece by piece', () => {
  test('are those that come when all of it is decoded', () => {
    fc.assert(
      fc.property(anyTree, fc.nat(3000), (tree, pieceBytes) => {
        expect([...eachNode(tree, undefined, pieceBytes)]).toEqual(decodeTree(tree))
      }),
      { numRuns },
    )
  })

  test('are refused, or left out, where decoding all of it does that', () => {
    const bytes = fc.constantFrom(...Buffer.from('{}[]",:\\ \n0a\xff', 'latin1'))
    const change = fc.record({ at: fc.nat(), to: bytes, kind: fc.constantFrom('set', 'insert', 'remove') })
    fc.assert(
      fc.property(anyTree, fc.array(change, { maxLength: 3 }), (tree, changes) => {
        const list = [...tree]
        for (const { at, to, kind } of changes)
          list.splice(at % list.length, kind === 'insert' ? 0 : 1, ...(kind === 'remove' ? [] : [to]))
        const altered = Uint8Array.from(list)

        expect(outcome((onBad) => eachNode(altered, onBad, 1))).toEqual(
          outcome((onBad) => decodeTree(altered, onBad)),
        )
      }),
      { numRuns },
    )
  })

  test.each(['{"nodes":[]}', '{"nodes":null}', '{"nodes":[],"more":1}', '{ "nodes" : [ ] }', '{}'])(
    'of %s are none',
    (json) => {
      expect([...eachNode(Buffer.from(json), undefined, 1)]).toEqual([])
    },
  )

  test('come before the end of the tree was decoded', () => {
    const tree = treeOf([aFile('a', [], 0), aFile('b', [], 0)])
    tree.set(Buffer.from('?'), tree.lastIndexOf('m'.charCodeAt(0)))
    const nodes = eachNode(tree, undefined, 1)

    expect(nodes.next().value).toMatchObject({ name: Uint8Array.of(97) })
    expect(() => nodes.next()).toThrow(expect.objectContaining({ code: 'DATA_DAMAGED' }))
  })
})

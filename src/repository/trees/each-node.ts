import type { RedomaError } from '../../core/errors.ts'
import { decodeTree } from './decode-tree.ts'
import type { TreeNode } from './node.ts'

/** What is decoded at once of a long tree. */
const pieceBytesUsually = 256 * 1024

/**
 * The nodes of a tree blob as `decodeTree` gives them, but of a folder with hundreds of thousands of entries only a few at a
 * time: all at once they would be several times the bytes.
 *
 * @param onBadNode is told of a node that is not one, which is left out; without it, that is thrown
 * @throws RedomaError as `decodeTree`, but only when it comes to what is damaged
 */
export function* eachNode(
  tree: Uint8Array,
  onBadNode?: (error: RedomaError) => void,
  pieceBytes: number = pieceBytesUsually,
): Generator<TreeNode> {
  const ends = tree.length > pieceBytes ? endsOfPieces(tree, pieceBytes) : undefined
  if (ends === undefined) {
    yield* decodeTree(tree, onBadNode)
    return
  }
  let at = start.length
  for (const end of ends) {
    yield* decodeTree(Buffer.concat([start, tree.subarray(at, end), listEnd]), onBadNode)
    at = end + 1
  }
}

const start = Buffer.from('{"nodes":[')
const listEnd = Buffer.from(']}')
const newline = 0x0a
const quote = 0x22
const comma = 0x2c
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Where a tree can be cut into lists of whole nodes: at commas, and at its end. `undefined` when it has another layout than
 * programs write, as with white space or further fields.
 */
function endsOfPieces(tree: Uint8Array, pieceBytes: number): number[] | undefined {
  if (!standsAt(tree, start, 0)) return undefined
  const ends: number[] = []
  let from = start.length
  for (let at = from; tree[at] === openBrace; at++) {
    at = endOfNode(tree, at)
    const isLast = tree[at] !== comma
    if (isLast || at - from >= pieceBytes) {
      ends.push(at)
      from = at + 1
    }
    if (isLast) return isEnd(tree, at) ? ends : undefined
  }
  return undefined
}

/** Behind the brace that closes the one at `at`. */
function endOfNode(tree: Uint8Array, at: number): number {
  let depth = 0
  for (; at < tree.length; at++) {
    const byte = tree[at]
    if (byte === quote) at = endOfText(tree, at)
    else if (byte === openBrace) depth++
    else if (byte === closeBrace && --depth === 0) return at + 1
  }
  return at
}

/** The quote that closes the text that begins at `at`. */
function endOfText(tree: Uint8Array, at: number): number {
  for (at++; at < tree.length && tree[at] !== quote; at++) if (tree[at] === backslash) at++
  return at
}

function isEnd(tree: Uint8Array, at: number): boolean {
  const length = at + listEnd.length
  return (
    standsAt(tree, listEnd, at) &&
    (length === tree.length || (length + 1 === tree.length && tree[length] === newline))
  )
}

function standsAt(tree: Uint8Array, text: Uint8Array, at: number): boolean {
  return text.every((byte, n) => tree[at + n] === byte)
}

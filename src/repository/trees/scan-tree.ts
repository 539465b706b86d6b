import { type BlobId, idBytes, isId, writeId } from '../ids.ts'

/** A node of a tree as text, cut where `encodeNode` puts its content. Nothing of it was decoded. */
export interface ScannedNode {
  /** From its first brace up to its content; what `encodeBeginning` gave when it was written. */
  readonly beginning: string
  /** JSON: `null`, or a list of ids. */
  readonly content: string
  readonly subtree: BlobId | undefined
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const start = '{"nodes":['
const nameStart = '{"name":'
const contentStart = ',"content":'
const subtreeStart = ',"subtree":"'
const idLength = 2 * idBytes

/**
 * The nodes of a tree by their names (quoted, as `encodeName` gives them), cut out of its text: ten times as fast as to decode
 * them, and of an unchanged folder nothing else is needed. It knows the layout that this program and restic write, and no
 * other: `undefined` for any other, which must be decoded.
 */
export function scanTree(tree: Uint8Array): Map<string, ScannedNode> | undefined {
  const nodes = new Map<string, ScannedNode>()
  const isKnown = scanNodes(tree, (name, node) => {
    nodes.set(name, node)
    return true
  })
  return isKnown ? nodes : undefined
}

/**
 * Hands over each node of a tree in turn, one of a name that was there before too. False when the tree is in a layout that is
 * not known, or `visit` wants no more: some nodes may have been handed over then.
 */
export function scanNodes(tree: Uint8Array, visit: (name: string, node: ScannedNode) => boolean): boolean {
  const text = decode(tree)
  // Values of any form, in which what is looked for here might stand too.
  if (text === undefined || !text.startsWith(start) || text.includes('"generic_attributes":')) return false
  for (let at = start.length; ; at++) {
    const nameEnd = text.startsWith(nameStart, at) ? endOfText(text, at + nameStart.length) : 0
    const beginningEnd = text.indexOf(contentStart, nameEnd)
    if (beginningEnd < 0 || !text.startsWith(',"type":"', nameEnd)) return false
    const contentAt = beginningEnd + contentStart.length
    const contentEnd: number = text[contentAt] === '[' ? text.indexOf(']', contentAt) + 1 : contentAt + 4
    const subtree = subtreeAt(text, contentEnd)
    const end: number = contentEnd + (subtree === undefined ? 0 : subtreeStart.length + idLength + 1)
    if (contentEnd === 0 || text[end] !== '}') return false
    const name = text.slice(at + nameStart.length, nameEnd)
    const beginning = text.slice(at, beginningEnd)
    // Of another node, or before the content: it would be passed over.
    if (beginning.includes(subtreeStart)) return false
    if (!visit(name, { beginning, content: text.slice(contentAt, contentEnd), subtree })) return false
    at = end + 1
    if (text[at] !== ',') return text.slice(at) === ']}\n'
  }
}

/** Whether `content` is a list of ids, of which `test` holds for every one. It is handed 32 bytes, good until the next. */
export function everyId(content: string, test: (id: Uint8Array) => boolean): boolean {
  const count = (content.length - 1) / (idLength + 3)
  if (content === '[]') return true
  if (!Number.isInteger(count) || !content.startsWith('["') || !content.endsWith('"]')) return false
  for (let n = 0; n < count; n++) {
    const at = 2 + n * (idLength + 3)
    const hex = content.slice(at, at + idLength)
    if (!isId(hex) || (n > 0 && content.slice(at - 3, at) !== '","')) return false
    writeId(hex as BlobId, id)
    if (!test(id)) return false
  }
  return true
}

const id = new Uint8Array(idBytes)

/** Of a JSON string that begins at `at`; 0 where none does. */
function endOfText(text: string, at: number): number {
  jsonString.lastIndex = at
  return jsonString.test(text) ? jsonString.lastIndex : 0
}

const jsonString = /"(?:[^"\\]|\\.)*"/y

function subtreeAt(text: string, at: number): BlobId | undefined {
  if (!text.startsWith(subtreeStart, at)) return undefined
  const first = at + subtreeStart.length
  const hex = text.slice(first, first + idLength)
  return isId(hex) && text[first + idLength] === '"' ? (hex as BlobId) : undefined
}

function decode(tree: Uint8Array): string | undefined {
  try {
    return utf8.decode(tree)
  } catch {
    return undefined
  }
}

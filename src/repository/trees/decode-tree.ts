import { isRedomaError, RedomaError } from '../../core/errors.ts'
import { type Fields, fieldsOf, isAbsent, textIn } from '../encoding/fields.ts'
import { goUnquote } from '../encoding/go-quote.ts'
import { parseJson } from '../encoding/parse-json.ts'
import { parseTime } from '../encoding/rfc3339.ts'
import { type BlobId, parseBlobId } from '../ids.ts'
import { type ExtendedAttribute, type NodeType, nodeTypes, type TreeNode } from './node.ts'
import { requireSafeName } from './safe-name.ts'

/**
 * The nodes of a tree blob, in its own order, which may be wrong in a repository that another program wrote
 * (`treeProblems` tells). Nothing is lost: encoded again they give the same bytes, if restic wrote them in UTC.
 *
 * @param onBadNode is told of a node that is not one, which is left out; without it, that is thrown
 * @throws RedomaError `DATA_DAMAGED`; `PATH_UNSAFE` when a name could lead out of its folder
 */
export function decodeTree(bytes: Uint8Array, onBadNode?: (error: RedomaError) => void): TreeNode[] {
  const nodes = arrayOf(fieldsOf(parseJson(bytes))['nodes'])
  if (onBadNode === undefined) return nodes.map(decodeNode)
  return nodes.flatMap((node) => {
    try {
      return [decodeNode(node)]
    } catch (error) {
      if (!isRedomaError(error)) throw error
      onBadNode(error)
      return []
    }
  })
}

function decodeNode(value: unknown): TreeNode {
  const fields = fieldsOf(value)
  const name = goUnquote(textIn(fields, 'name'))
  requireSafeName(name)
  const node: { -readonly [K in keyof TreeNode]: TreeNode[K] } = {
    name,
    type: nodeType(fields['type']),
    mode: unsigned32(fields, 'mode'),
    ...times(fields),
    uid: unsigned32(fields, 'uid'),
    gid: unsigned32(fields, 'gid'),
  }
  const set = <K extends keyof TreeNode>(key: K, present: TreeNode[K] | undefined): void => {
    if (present !== undefined) node[key] = present
  }
  set('user', optionalText(fields, 'user'))
  set('group', optionalText(fields, 'group'))
  set('inode', unsigned64(fields, 'inode'))
  set('deviceId', unsigned64(fields, 'device_id'))
  set('size', safeInteger(fields, 'size'))
  set('links', safeInteger(fields, 'links'))
  set('linkTarget', linkTarget(fields))
  set('extendedAttributes', extendedAttributes(fields['extended_attributes']))
  set('genericAttributes', genericAttributes(fields['generic_attributes']))
  set('device', unsigned64(fields, 'device'))
  set('content', content(fields['content']))
  set('subtree', isAbsent(fields['subtree']) ? undefined : parseBlobId(fields['subtree']))
  set('error', optionalText(fields, 'error'))
  return node
}

/** Most files have one time three times: it is parsed once. */
function times(fields: Fields): Pick<TreeNode, 'mtimeNs' | 'atimeNs' | 'ctimeNs'> {
  const { mtime, atime, ctime } = fields
  const mtimeNs = parseTime(mtime)
  return {
    mtimeNs,
    atimeNs: atime === mtime ? mtimeNs : parseTime(atime),
    ctimeNs: ctime === mtime ? mtimeNs : parseTime(ctime),
  }
}

function nodeType(value: unknown): NodeType {
  const type = nodeTypes.find((known) => known === value)
  if (type === undefined) throw damaged('a node of unknown type')
  return type
}

function content(value: unknown): BlobId[] | undefined {
  return isAbsent(value) ? undefined : arrayOf(value).map(parseBlobId)
}

function linkTarget(fields: Fields): Uint8Array | undefined {
  const raw = optionalText(fields, 'linktarget_raw')
  if (raw !== undefined) return bytesOf(raw, 'base64')
  const target = optionalText(fields, 'linktarget')
  return target === undefined ? undefined : bytesOf(target, 'utf8')
}

function extendedAttributes(value: unknown): ExtendedAttribute[] | undefined {
  if (isAbsent(value)) return undefined
  return arrayOf(value).map((item) => {
    const fields = fieldsOf(item)
    const encoded = isAbsent(fields['value']) ? null : textIn(fields, 'value')
    return { name: textIn(fields, 'name'), value: encoded === null ? null : bytesOf(encoded, 'base64') }
  })
}

function genericAttributes(value: unknown): Fields | undefined {
  return isAbsent(value) ? undefined : fieldsOf(value)
}

function unsigned64(fields: Fields, name: string): bigint | undefined {
  const value = fields[name]
  if (isAbsent(value) || value === 0) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return BigInt(value)
  if (typeof value === 'bigint' && BigInt.asUintN(64, value) === value) return value
  throw damaged(`"${name}" is not an integer of 64 bits`)
}

function safeInteger(fields: Fields, name: string): number | undefined {
  const value = fields[name]
  if (isAbsent(value) || value === 0) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw damaged(`"${name}" is out of range`)
}

function unsigned32(fields: Fields, name: string): number {
  const value = safeInteger(fields, name) ?? 0
  if (value > 0xffff_ffff) throw damaged(`"${name}" is out of range`)
  return value
}

function optionalText(fields: Fields, name: string): string | undefined {
  return isAbsent(fields[name]) || fields[name] === '' ? undefined : textIn(fields, name)
}

function arrayOf(value: unknown): unknown[] {
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) throw damaged('a list is missing')
  return value
}

function bytesOf(encoded: string, encoding: 'base64' | 'utf8'): Uint8Array {
  return new Uint8Array(Buffer.from(encoded, encoding))
}

function damaged(what: string): RedomaError {
  return new RedomaError('DATA_DAMAGED', `a tree is damaged: ${what}`)
}

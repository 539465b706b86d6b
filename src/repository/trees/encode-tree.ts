import { isUtf8 } from 'node:buffer'
import { RedomaError } from '../../core/errors.ts'
import { goJsonBytes, goJsonString, goJsonValue } from '../encoding/go-json.ts'
import { goQuote } from '../encoding/go-quote.ts'
import { formatTime } from '../encoding/rfc3339.ts'
import { compareNames } from './name-order.ts'
import type { ExtendedAttribute, NodeType, TreeNode } from './node.ts'

/**
 * The bytes of a tree blob, the same that restic writes for the same nodes: its id is what makes unchanged folders free.
 *
 * @throws RedomaError `INTERNAL` unless the nodes are sorted by `compareNames` and have different names
 */
export function encodeTree(nodes: readonly TreeNode[]): Uint8Array {
  requireOrder(nodes)
  return joinNodes(nodes.map(encodeNode))
}

/** A tree of nodes that were encoded one by one, and are in order. */
export function joinNodes(encodedNodes: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(`{"nodes":[${encodedNodes.join()}]}\n`))
}

/** One node in a tree, its fields in Go's order; those with `omitempty` are left out when zero or empty. */
export function encodeNode(node: TreeNode): string {
  let json = withContent(encodeBeginning(node), encodeContent(node.content)).slice(0, -1)
  if (node.subtree !== undefined) json += `,"subtree":"${node.subtree}"`
  return `${json}${optionalText('error', node.error)}}`
}

/** A file's node of its beginning, and of its content as JSON. */
export function withContent(beginning: string, content: string): string {
  return `${beginning},"content":${content}}`
}

/** What stands first in a node, and `stat` tells all of it. */
export interface NodeStatus {
  /** As JSON. */
  readonly name: string
  readonly type: NodeType
  /** Go's. */
  readonly mode: number
  /** The three times as `formatTime` gives them. */
  readonly modified: string
  readonly accessed: string
  readonly changed: string
  readonly uid: number
  readonly gid: number
  readonly user?: string | undefined
  readonly group?: string | undefined
  readonly inode?: bigint | number | undefined
  readonly deviceId?: bigint | number | undefined
  readonly size?: number | undefined
  readonly links?: number | undefined
}

export function encodeStatus(status: NodeStatus): string {
  let json = `{"name":${status.name},"type":"${status.type}"`
  if (status.mode !== 0) json += `,"mode":${status.mode}`
  json += `,"mtime":"${status.modified}","atime":"${status.accessed}","ctime":"${status.changed}"`
  json += `,"uid":${status.uid},"gid":${status.gid}`
  json += optionalText('user', status.user) + optionalText('group', status.group)
  json += optionalInteger('inode', status.inode) + optionalInteger('device_id', status.deviceId)
  return json + optionalInteger('size', status.size) + optionalInteger('links', status.links)
}

/** All that stands before the content of a node. */
export function encodeBeginning(node: TreeNode): string {
  let json = encodeStatus({ ...node, ...encodeTimes(node), name: encodeName(node.name) })
  if (node.linkTarget !== undefined) json += encodeLinkTarget(node.linkTarget)
  if (node.extendedAttributes !== undefined) json += encodeExtendedAttributes(node.extendedAttributes)
  if (node.genericAttributes !== undefined) json += encodeGenericAttributes(node.genericAttributes)
  return json + optionalInteger('device', node.device)
}

/** Letters that neither Go's quoting nor its JSON touches: nearly every name there is. */
const plainName = /^[ !#-%'-;=?-[\]-~]*$/

/** In quotes: as Go quotes it, and then as JSON. */
export function encodeName(name: Uint8Array): string {
  return encodeLatin1Name(Buffer.from(name.buffer, name.byteOffset, name.length).toString('latin1'))
}

/** The same of a name with one character a byte. */
export function encodeLatin1Name(name: string): string {
  return plainName.test(name) ? `"${name}"` : goJsonString(goQuote(Buffer.from(name, 'latin1')))
}

function encodeTimes({
  mtimeNs,
  atimeNs,
  ctimeNs,
}: TreeNode): Pick<NodeStatus, 'modified' | 'accessed' | 'changed'> {
  const modified = formatTime(mtimeNs)
  const accessed = atimeNs === mtimeNs ? modified : formatTime(atimeNs)
  const changed = ctimeNs === mtimeNs ? modified : formatTime(ctimeNs)
  return { modified, accessed, changed }
}

function optionalText(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `,"${name}":${goJsonString(value)}`
}

function optionalInteger(name: string, value: bigint | number | undefined): string {
  return value === undefined || value === 0 || value === 0n ? '' : `,"${name}":${value.toString()}`
}

/** A target that is not UTF-8 stands there twice: mangled for old readers, and whole. */
function encodeLinkTarget(target: Uint8Array): string {
  if (target.length === 0) return ''
  const raw = isUtf8(target) ? '' : `,"linktarget_raw":"${base64(target)}"`
  return `,"linktarget":${goJsonBytes(target)}${raw}`
}

function encodeExtendedAttributes(attributes: readonly ExtendedAttribute[]): string {
  if (attributes.length === 0) return ''
  const encoded = attributes.map(
    ({ name, value }) =>
      `{"name":${goJsonString(name)},"value":${value === null ? 'null' : `"${base64(value)}"`}}`,
  )
  return `,"extended_attributes":[${encoded.join()}]`
}

/** Go writes a map in the order of its keys. */
function encodeGenericAttributes(attributes: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(attributes)
  if (entries.length === 0) return ''
  entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `,"generic_attributes":{${entries.map(([key, value]) => `${goJsonString(key)}:${goJsonValue(value)}`).join()}}`
}

/** As JSON. */
export function encodeContent(content: TreeNode['content']): string {
  if (content === undefined) return 'null'
  return content.length === 0 ? '[]' : `["${content.join('","')}"]`
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

function requireOrder(nodes: readonly TreeNode[]): void {
  let previous: TreeNode | undefined
  for (const node of nodes) {
    if (previous !== undefined && compareNames(previous.name, node.name) >= 0) {
      throw new RedomaError('INTERNAL', 'the nodes of a tree are not in order, or two have one name')
    }
    previous = node
  }
}

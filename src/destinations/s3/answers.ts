import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { messageOf, RedomaError } from '../../core/errors.ts'

/** What a store says when it refuses. */
export interface Refusal {
  readonly code: string
  readonly message: string
  /** Where the bucket is, when it is not where we asked. */
  readonly region: string | undefined
}

export interface ListPage {
  readonly objects: readonly {
    readonly key: string
    readonly size: number
    readonly putAtMs: number | undefined
  }[]
  /** With it the next page is asked for. */
  readonly next: string | undefined
}

export interface UploadPage {
  readonly uploads: readonly { readonly key: string; readonly id: string; readonly begun: Date }[]
  readonly next: { readonly key: string; readonly id: string } | undefined
}

/** An error, or `undefined` when these bytes are none: proxies answer in HTML. */
export function parseRefusal(bytes: Uint8Array): Refusal | undefined {
  try {
    const error = rootOf(bytes, 'Error')
    return {
      code: childText(error, 'Code') ?? '',
      message: childText(error, 'Message') ?? '',
      region: childText(error, 'Region'),
    }
  } catch {
    return undefined
  }
}

export function parseList(bytes: Uint8Array): ListPage {
  const list = rootOf(bytes, 'ListBucketResult')
  const objects = childrenOf(list, 'Contents').map((entry) => ({
    key: decodeKey(needText(entry, 'Key')),
    size: sizeIn(needText(entry, 'Size')),
    putAtMs: timeIn(childText(entry, 'LastModified')),
  }))
  return { objects, next: isCut(list) ? needText(list, 'NextContinuationToken') : undefined }
}

export function parseUploads(bytes: Uint8Array): UploadPage {
  const list = rootOf(bytes, 'ListMultipartUploadsResult')
  const uploads = childrenOf(list, 'Upload').map((entry) => ({
    key: decodeKey(needText(entry, 'Key')),
    id: needText(entry, 'UploadId'),
    begun: new Date(needText(entry, 'Initiated')),
  }))
  if (!isCut(list)) return { uploads, next: undefined }
  const key = decodeKey(needText(list, 'NextKeyMarker'))
  return { uploads, next: { key, id: needText(list, 'NextUploadIdMarker') } }
}

/** The id of an upload in parts that has begun. */
export function parseBegun(bytes: Uint8Array): string {
  return needText(rootOf(bytes, 'InitiateMultipartUploadResult'), 'UploadId')
}

/** An end of an upload may be refused with a status that says success. */
export function expectCompleted(bytes: Uint8Array): void {
  const refusal = parseRefusal(bytes)
  if (refusal !== undefined) {
    throw new RedomaError('DESTINATION_FAILED', `the store did not put the parts together: ${refusal.code}`)
  }
  rootOf(bytes, 'CompleteMultipartUploadResult')
}

function rootOf(bytes: Uint8Array, name: string): XmlElement {
  let root: XmlElement | null
  try {
    root = parseXml(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).root
  } catch (error) {
    throw notUnderstood(messageOf(error).split('\n')[0] ?? '')
  }
  if (root?.name !== name) throw notUnderstood(`there is no ${name} in it`)
  return root
}

function childrenOf(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement).filter((child) => child.name === name)
}

function childText(parent: XmlElement, name: string): string | undefined {
  return childrenOf(parent, name)[0]?.text
}

function needText(parent: XmlElement, name: string): string {
  const text = childText(parent, name)
  if (text === undefined || text === '') throw notUnderstood(`there is no ${name} in its ${parent.name}`)
  return text
}

function timeIn(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}

function isCut(list: XmlElement): boolean {
  return childText(list, 'IsTruncated') === 'true'
}

function sizeIn(text: string): number {
  const size = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(size)) throw notUnderstood('a size in it is no number')
  return size
}

/** Keys are listed encoded, since XML cannot hold every character. */
function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw notUnderstood('a key in it is not encoded')
  }
}

function notUnderstood(why: string): RedomaError {
  return new RedomaError('DESTINATION_FAILED', `the store's answer cannot be understood: ${why}`, {
    hint: 'Is the endpoint that of an S3 store, and not of a web page or a proxy?',
  })
}

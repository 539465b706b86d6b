import { type ErrorCode, RedomaError } from '../../core/errors.ts'
import { type ObjectName, parseObjectName } from '../../ports/destination.ts'

/**
 * What Redoma asks of a child process. `id` is the number of the call; those without a name of their own go on with it. Payloads:
 * bytes of an object with `bytes`, names of folders with `unflushed`.
 */
export type Call =
  | {
      readonly call: 'put'
      readonly id: number
      readonly name: ObjectName
      readonly size: number | undefined
    }
  | { readonly call: 'bytes'; readonly id: number }
  | { readonly call: 'end'; readonly id: number }
  | {
      readonly call: 'get'
      readonly id: number
      readonly name: ObjectName
      /** All of the object, where it is not there. */
      readonly offset: number | undefined
      readonly length: number | undefined
      /** How many answers with payload may come before more are asked for. */
      readonly credit: number
    }
  | { readonly call: 'list'; readonly id: number; readonly prefix: string; readonly credit: number }
  | { readonly call: 'more'; readonly id: number }
  | { readonly call: 'remove'; readonly id: number; readonly name: ObjectName }
  | { readonly call: 'flush'; readonly id: number }
  | { readonly call: 'space'; readonly id: number }
  | { readonly call: 'stop'; readonly id: number }
  | { readonly call: 'unflushed'; readonly id: number }

/**
 * What it answers. The first six go on, and show that it gets on; `done` and `failed` are the last of a call. Payloads: bytes of an object with
 * `data`, sizes and names with `entries`.
 */
export type Answer =
  /** So many bytes of a put are written. */
  | { readonly answer: 'took'; readonly id: number; readonly bytes: number }
  | { readonly answer: 'data'; readonly id: number }
  | { readonly answer: 'entries'; readonly id: number }
  | { readonly answer: 'going-on'; readonly id: number }
  | { readonly answer: 'done'; readonly id: number }
  | {
      readonly answer: 'measured'
      readonly id: number
      readonly freeBytes: number
      readonly totalBytes: number
    }
  | {
      readonly answer: 'failed'
      readonly id: number
      readonly code: ErrorCode
      readonly message: string
      readonly hint: string | undefined
      /** The folder is lost to this process: another one must look for it anew. */
      readonly over: boolean
    }
  /** Of no call: it runs. Whether a call gets on is another matter. */
  | { readonly answer: 'alive'; readonly id: 0 }

/** @throws RedomaError `DATA_DAMAGED` */
export function parseAnswer(value: unknown): Answer {
  const from = members(value)
  const id = whole(from['id'])
  const { answer } = from
  switch (answer) {
    case 'data':
    case 'entries':
    case 'going-on':
    case 'done':
      return { answer, id }
    case 'alive':
      return { answer, id: 0 }
    case 'took':
      return { answer, id, bytes: whole(from['bytes']) }
    case 'measured':
      return { answer, id, freeBytes: whole(from['freeBytes']), totalBytes: whole(from['totalBytes']) }
    case 'failed':
      return {
        answer,
        id,
        code: errorCode(from['code']),
        message: text(from['message']),
        hint: optional(from['hint'], text),
        over: from['over'] === true,
      }
    default:
      throw damaged()
  }
}

/** @throws RedomaError `DATA_DAMAGED`, `PATH_UNSAFE` */
export function parseCall(value: unknown): Call {
  const from = members(value)
  const id = whole(from['id'])
  const { call } = from
  switch (call) {
    case 'put':
      return { call, id, name: name(from['name']), size: optional(from['size'], whole) }
    case 'get': {
      const { offset, length } = from
      const part = { offset: optional(offset, whole), length: optional(length, whole) }
      return { call, id, name: name(from['name']), ...part, credit: whole(from['credit']) }
    }
    case 'list':
      return { call, id, prefix: text(from['prefix']), credit: whole(from['credit']) }
    case 'remove':
      return { call, id, name: name(from['name']) }
    case 'bytes':
    case 'end':
    case 'more':
    case 'flush':
    case 'space':
    case 'stop':
    case 'unflushed':
      return { call, id }
    default:
      throw damaged()
  }
}

/** Those that a destination may fail with; whatever else it is, is a fault of ours. */
const errorCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'OBJECT_NOT_FOUND',
  'OBJECT_UNREADABLE',
  'DATA_DAMAGED',
  'PATH_UNSAFE',
  'DESTINATION_UNREACHABLE',
  'DESTINATION_FULL',
  'DESTINATION_READ_ONLY',
  'DESTINATION_FORBIDDEN',
  'DESTINATION_FAILED',
])

function errorCode(value: unknown): ErrorCode {
  const code = text(value)
  return errorCodes.has(code) ? (code as ErrorCode) : 'INTERNAL'
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw damaged()
  return value as Record<string, unknown>
}

/** A length, a number of bytes, of a call. */
function whole(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw damaged()
  return value
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw damaged()
  return value
}

function name(value: unknown): ObjectName {
  return parseObjectName(text(value))
}

function optional<T>(value: unknown, parse: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : parse(value)
}

function damaged(): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'what a child process says cannot be understood')
}

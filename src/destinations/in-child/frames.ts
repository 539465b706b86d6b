import { RedomaError } from '../../core/errors.ts'

/*
 * What goes between Redoma and a child process: frames. Two 32-bit numbers, little-endian, say how long what follows is: a header
 * of JSON, and bytes that belong to it.
 */

const prefixBytes = 8
/** Names, messages and hints are much shorter. */
export const longestHeader = 16 * 1024
export const longestPayload = 2 * 1024 * 1024
/** Also the most that is read of small frames at once. */
const scratchBytes = 64 * 1024

/** What is sent before the payload. */
export function frameHead(header: object, payloadBytes: number): Uint8Array {
  const json = Buffer.from(JSON.stringify(header))
  if (json.length > longestHeader || payloadBytes > longestPayload)
    throw new RedomaError('LIMIT_EXCEEDED', 'a message between Redoma and its child process is too long')
  const head = Buffer.allocUnsafe(prefixBytes + json.length)
  head.writeUInt32LE(json.length, 0)
  head.writeUInt32LE(payloadBytes, 4)
  head.set(json, prefixBytes)
  return head
}

export interface FrameReceiver<Header> {
  parse(header: unknown): Header
  /** Memory of just so many bytes, where the payload goes. */
  memoryFor(header: Header, bytes: number): Uint8Array
  receive(header: Header, payload: Uint8Array | undefined): void
}

export interface FrameReader<Header> {
  /** Where the next bytes from the other side are to be put, so that nobody copies them once more. */
  room(): Uint8Array
  /** So many were put there. */
  filled(bytes: number): void
  /** Takes bytes that lie elsewhere. */
  read(piece: Uint8Array): void
  /** The payload that is just arriving goes nowhere, if it is of such a header: whoever lent the memory wants it back. */
  divert(isIts: (header: Header) => boolean): void
}

/**
 * Takes frames apart as they arrive; its own memory is bounded, whatever arrives.
 *
 * @throws RedomaError `DATA_DAMAGED` from `filled` and `read` for what is no frame, and what the receiver throws; nothing may be read after it
 */
export function makeFrameReader<Header>(receiver: FrameReceiver<Header>): FrameReader<Header> {
  const scratch = Buffer.allocUnsafeSlow(scratchBytes)
  let end = 0
  let arriving: { readonly header: Header; memory: Uint8Array; done: number } | undefined

  /** Of what lies in the scratch memory from `start` on, takes one frame; gives where the next begins. */
  function takeOne(start: number): number | undefined {
    if (end - start < prefixBytes) return undefined
    const headerBytes = scratch.readUInt32LE(start)
    const payloadBytes = scratch.readUInt32LE(start + 4)
    if (headerBytes > longestHeader || payloadBytes > longestPayload) throw noFrame()
    const from = start + prefixBytes + headerBytes
    if (from > end) return undefined
    const header = receiver.parse(parseJson(scratch.toString('utf8', start + prefixBytes, from)))
    if (payloadBytes === 0) {
      receiver.receive(header, undefined)
      return from
    }
    arriving = { header, memory: receiver.memoryFor(header, payloadBytes), done: 0 }
    const to = Math.min(end, from + payloadBytes)
    arriving.memory.set(scratch.subarray(from, to))
    arrived(to - from)
    return to
  }

  function arrived(bytes: number): void {
    if (arriving === undefined) return
    arriving.done += bytes
    if (arriving.done < arriving.memory.length) return
    const { header, memory } = arriving
    arriving = undefined
    receiver.receive(header, memory)
  }

  function filled(bytes: number): void {
    if (arriving !== undefined) {
      arrived(bytes)
      return
    }
    end += bytes
    let start = 0
    for (let next = takeOne(0); next !== undefined; next = takeOne(start)) start = next
    scratch.copyWithin(0, start, end)
    end -= start
  }

  function room(): Uint8Array {
    return arriving?.memory.subarray(arriving.done) ?? scratch.subarray(end)
  }

  return {
    room,
    filled,
    read(piece) {
      for (let at = 0; at < piece.length; ) {
        const to = room()
        const part = piece.subarray(at, at + to.length)
        to.set(part)
        filled(part.length)
        at += part.length
      }
    },
    divert(isIts) {
      if (arriving !== undefined && isIts(arriving.header))
        arriving.memory = new Uint8Array(arriving.memory.length)
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw noFrame(cause)
  }
}

function noFrame(cause?: unknown): RedomaError {
  return new RedomaError('DATA_DAMAGED', 'what a child process says cannot be understood', { cause })
}

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

/** Where a thread's buffers come back to it; made by the other side. */
export interface BufferReturns {
  readonly port: MessagePort
  /** One number, raised with each buffer that comes back. */
  readonly count: SharedArrayBuffer
}

/**
 * Buffers of one thread that are lent to another. There are never more than `limit`, which bounds the memory of packs that
 * wait for a slow destination: with all of them away, taking one blocks the thread until one is back.
 */
export function makeBufferPool(
  bytes: number,
  limit: number,
  returns: BufferReturns,
): () => Uint8Array<ArrayBuffer> {
  const count = new Int32Array(returns.count)
  let made = 0
  return () => {
    for (;;) {
      const seen = Atomics.load(count, 0)
      const back = receiveMessageOnPort(returns.port) as { message: ArrayBuffer } | undefined
      if (back !== undefined) return new Uint8Array(back.message)
      if (made < limit) {
        made++
        return new Uint8Array(bytes)
      }
      Atomics.wait(count, 0, seen)
    }
  }
}

/** The other side of the pool: gives a buffer back. */
export function giveBack(returns: BufferReturns, buffer: ArrayBuffer): void {
  returns.port.postMessage(buffer, [buffer])
  const count = new Int32Array(returns.count)
  Atomics.add(count, 0, 1)
  Atomics.notify(count, 0)
}

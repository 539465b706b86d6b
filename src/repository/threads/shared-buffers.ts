import { endWhenStopping } from './stopping.ts'

/**
 * Buffers that threads fill and the main thread empties, all of one length. They are shared memory: nothing is allocated or
 * handed over from pack to pack, which V8 would count as garbage and collect for. Their number bounds the memory of all that
 * waits for a slow destination.
 */
export interface SharedBuffers {
  readonly buffers: readonly SharedArrayBuffer[]
  /** A word for each buffer, 1 while it is lent, and one more that counts what came back. */
  readonly state: SharedArrayBuffer
}

/** Pages of a buffer are taken when they are first written to. */
export function makeSharedBuffers(count: number, bytes: number): SharedBuffers {
  return {
    buffers: Array.from({ length: count }, () => new SharedArrayBuffer(bytes)),
    state: new SharedArrayBuffer((count + 1) * Int32Array.BYTES_PER_ELEMENT),
  }
}

/** A buffer that is nobody else's now. Blocks the thread while all are lent; one that was told to end ends here. */
export function borrowBuffer({ buffers, state }: SharedBuffers): SharedArrayBuffer {
  const words = new Int32Array(state)
  const returns = buffers.length
  for (;;) {
    const seen = Atomics.load(words, returns)
    for (const [number, buffer] of buffers.entries()) {
      if (Atomics.compareExchange(words, number, 0, 1) === 0) return buffer
    }
    Atomics.wait(words, returns, seen)
    endWhenStopping()
  }
}

export function giveBack(shared: SharedBuffers, number: number): void {
  Atomics.store(new Int32Array(shared.state), number, 0)
  wakeBorrowers(shared)
}

/** So that those who wait look whether they were told to end. */
export function wakeBorrowers({ buffers, state }: SharedBuffers): void {
  const words = new Int32Array(state)
  Atomics.add(words, buffers.length, 1)
  Atomics.notify(words, buffers.length)
}

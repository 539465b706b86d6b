import type { Writable } from 'node:stream'
import { frameHead } from './frames.ts'

/** A way to the other process. */
export interface Channel<Message extends object> {
  /** Kept when the kernel has taken it all: the payload's memory may be used again. Never broken: who is gone takes nothing, and matters to nobody. */
  send(message: Message, payload?: Uint8Array): Promise<void>
}

export function sendOn(socket: Writable, message: object, payload?: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const kept = (): void => {
      resolve()
    }
    const head = frameHead(message, payload?.length ?? 0)
    if (payload === undefined || payload.length === 0) {
      socket.write(head, kept)
      return
    }
    // Corked, header and payload are one system call.
    socket.cork()
    socket.write(head)
    socket.write(payload, kept)
    socket.uncork()
  })
}

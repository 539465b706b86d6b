import { longestPayload } from './frames.ts'

/**
 * Folders whose entries no flush has made durable yet. The child process that made them may die before; then the next one must know, or
 * its flush would leave them out and say that all is durable.
 */
export interface Unflushed {
  /** An object was put or removed. */
  touch(name: string): void
  /** To be called before a flush; what is given is called when it succeeded. */
  flushing(): () => void
  /** The names of all, in payloads. */
  encode(): Uint8Array[]
}

export function makeUnflushed(): Unflushed {
  /** By the number of the flush that they were touched after. */
  const folders = new Map<string, number>()
  let flushes = 0
  return {
    touch(name) {
      for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1))
        folders.set(name.slice(0, at), flushes)
      folders.set('', flushes)
    },
    flushing() {
      const number = flushes++
      return () => {
        for (const [folder, touched] of folders) if (touched <= number) folders.delete(folder)
      }
    },
    encode() {
      const parts: Uint8Array[] = []
      let lines = ''
      for (const folder of folders.keys()) {
        if (lines.length + folder.length >= longestPayload) {
          parts.push(Buffer.from(lines))
          lines = ''
        }
        lines += `${folder}\n`
      }
      if (lines !== '') parts.push(Buffer.from(lines))
      return parts
    },
  }
}

/** The names in one payload. */
export function decodeUnflushed(payload: Uint8Array): string[] {
  return Buffer.from(payload).toString().split('\n').slice(0, -1)
}

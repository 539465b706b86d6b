import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'

/** Ends a program that was started `detached`, with all that it started. */
export function killGroup({ pid }: Pick<ChildProcess, 'pid'>, how: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, how)
  } catch {
    // It has ended, with all it started.
  }
}

/** The end of what comes by a stream until then: a program may complain without end. */
export function lastOf(stream: Readable | null, keptBytes: number): () => string {
  let last = Buffer.alloc(0)
  stream?.on('data', (chunk: Buffer) => {
    last = Buffer.concat([last, chunk]).subarray(-keptBytes)
  })
  return () => last.toString()
}

/** Of what a program said: a message must not be able to forge another. */
export function onOneLine(said: string): string {
  return said.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
}

import type { Writable } from 'node:stream'

/** A reader that has seen enough (`redoma backup log | head`) is no fault. */
export function endWithReaders(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
      throw error
    })
  }
}

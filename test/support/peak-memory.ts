import { readFileSync } from 'node:fs'

/**
 * The most memory that this process held since its program began, in bytes. Not what `getrusage` says, which counts the process it was forked from, whatever
 * that held (Linux: `setmax_mm_hiwater_rss` on exec).
 */
export function peakMemoryBytes(): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  if (kibibytes === undefined) throw new Error('this kernel tells no VmHWM')
  return Number(kibibytes) * 1024
}

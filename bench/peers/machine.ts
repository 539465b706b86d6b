import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem } from 'node:os'

/** What the figures depend on, in a sentence. */
export function machineText(folder: string, peer: string): string {
  const fileSystem = execFileSync('stat', ['-f', '-c', '%T', folder], { encoding: 'utf8' }).trim()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  return [
    `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors, ${gibibytes} GiB of memory`,
    `Linux ${release()}, ${fileSystem}`,
    `Node.js ${process.versions.node}, ${peer}`,
  ].join('; ')
}

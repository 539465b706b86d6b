import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Runs `bin/redoma` as a user would, and gives back what it printed. */
export type Redoma = (words: readonly string[]) => string

/** The exit codes that are no failure: done, and done with warnings. */
const fine = [0, 3]

export function redomaWithHome(project: string, home: string): Redoma {
  return (words) => {
    const program = join(project, 'bin/redoma')
    const env = { ...process.env, REDOMA_HOME: home, NO_COLOR: '1' }
    const options = { env, maxBuffer: 256 * 1024 * 1024, encoding: 'utf8' } as const
    const { status, stdout, stderr, error } = spawnSync(program, words, options)
    if (error !== undefined) throw error
    if (fine.includes(status ?? -1)) return stdout
    throw new Error(`redoma ${words.join(' ')}\nended with ${String(status)}\n${stderr}${stdout}`)
  }
}

/** Says what is being done, and how long it took. */
export function step<T>(title: string, work: () => T): { readonly value: T; readonly seconds: number } {
  process.stdout.write(`  ${title} `)
  const begun = performance.now()
  const value = work()
  const seconds = (performance.now() - begun) / 1000
  process.stdout.write(`· ${seconds.toFixed(1)} s\n`)
  return { value, seconds }
}

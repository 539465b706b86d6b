import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, password } from './programs.ts'

export interface Cost {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMiB: number
}

/** A folder for all that a bench makes, and programs measured in it. */
export interface Bench extends Disposable {
  readonly path: string
  readonly passwordFile: string
  /** Runs a command as a process of its own, under GNU time, when what was written before is on the disk. */
  measure(command: Command): Cost
}

export function openBench(within: string): Bench {
  const path = mkdtempSync(join(within, 'redoma-bench-'))
  const passwordFile = join(path, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  const env = {
    NODE_COMPILE_CACHE: join(path, 'compiled'),
    // Of bin/redoma. Go's programs do not look at it.
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    RESTIC_PASSWORD: password,
    RESTIC_FROM_PASSWORD: password,
    RESTIC_CACHE_DIR: join(path, 'cache'),
    TZ: 'UTC',
  }
  const clear = (): void => {
    rmSync(path, { recursive: true, force: true })
  }
  process.on('exit', clear)
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(1))

  return {
    path,
    passwordFile,
    measure(command) {
      const figures = join(path, 'figures')
      spawnSync('sync', ['-f', path])
      const words = ['-o', figures, '-f', '%e %U %S %M', ...command]
      // What the bench puts into its own environment counts, too.
      const { status, error, stderr } = spawnSync('time', words, {
        env: { ...process.env, ...env },
        encoding: 'utf8',
      })
      if (error !== undefined)
        throw new Error("GNU time is missing (Debian's package time)", { cause: error })
      if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`)
      return costOf(readFileSync(figures, 'utf8'))
    },
    [Symbol.dispose]: clear,
  }
}

function costOf(figures: string): Cost {
  const [seconds = 0, user = 0, system = 0, kibibytes = 0] = figures.trim().split(' ').map(Number)
  // GNU time counts in hundredths of a second.
  return { seconds: Math.max(seconds, 0.01), cpuSeconds: user + system, peakMiB: kibibytes / 1024 }
}

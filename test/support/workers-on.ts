import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** The child processes that work on a folder: their command line says so. */
export async function workersOn(path: string): Promise<number[]> {
  const numbers = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  return numbers.filter((pid) => {
    const words = commandLine(pid)
    return words.includes(path) && words.some((word) => word.endsWith('in-child/worker.ts'))
  })
}

export async function theWorkerOn(path: string): Promise<number> {
  const [pid, ...others] = await workersOn(path)
  if (pid === undefined || others.length > 0) throw new Error(`not just one process works on ${path}`)
  return pid
}

export async function untilNobodyWorksOn(path: string): Promise<void> {
  while ((await workersOn(path)).length > 0) await wait(10)
}

/** Of this process: those that were killed and hang in a call to the kernel are among them, and have no command line any more. */
export async function untilNoChildIsLeft(): Promise<void> {
  while ((await children()).length > 0) await wait(10)
}

export async function children(): Promise<string[]> {
  const numbers = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))
  return numbers.filter((pid) => {
    try {
      const [, parent] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      return parent === String(process.pid)
    } catch {
      return false // It ended.
    }
  })
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // It ended.
  }
}

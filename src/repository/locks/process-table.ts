import { readFile, readlink } from 'node:fs/promises'
import { systemCode } from '../../core/errors.ts'

/** What a system knows of a process. */
export interface RunningProcess {
  /**
   * `BOOT/NAMESPACE/START`: the boot, the namespace that numbers the process, and when it started, in clock ticks since then (field
   * 22 of `/proc/<pid>/stat`, proc(5)). It tells a process from a later one of the same number, and whether two programs can see each
   * other at all. `undefined` where the system does not say.
   */
  readonly program: string | undefined
}

/** `undefined` when there is no process of that number here. */
export type FindProcess = (pid: number) => Promise<RunningProcess | undefined>

export const findProcess: FindProcess = async (pid) => {
  if (!isRunning(pid)) return undefined
  try {
    const [boot, namespace, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ])
    // The second field, the program's name in brackets, may hold spaces and brackets itself.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return { program: started === undefined ? undefined : `${boot.trim()}/${namespace}/${started}` }
  } catch {
    return { program: undefined }
  }
}

/** Whether two programs run, or ran, side by side: in one boot, numbered by one namespace. */
export function sawEachOther(program: string, other: string): boolean {
  const system = (text: string): string => text.slice(0, text.lastIndexOf('/') + 1)
  return system(program) !== '' && system(program) === system(other)
}

/** Whether two programs run, or ran, on one machine since it was started. */
export function ranInOneBoot(program: string | undefined, other: string | undefined): boolean {
  const boot = (text = ''): string => text.slice(0, text.indexOf('/') + 1)
  return boot(program) !== '' && boot(program) === boot(other)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

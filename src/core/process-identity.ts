import { readFile } from 'node:fs/promises'
import { systemCode } from './errors.ts'

/**
 * What tells a process from a later one of the same number: the boot it runs in and its start, in clock ticks since
 * then (field 22 of `/proc/<pid>/stat`, proc(5)). `undefined` where the system does not say, or there is no such process:
 * neither is one that has ended and that nobody has asked after (a zombie), which in a container may stay for ever.
 */
export async function processIdentity(processId: number): Promise<string | undefined> {
  try {
    const [boot, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readFile(`/proc/${processId}/stat`, 'utf8'),
    ])
    // The second field, the program's name in brackets, may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state = '', started] = [fields[0], fields[19]]
    return started === undefined || 'ZX'.includes(state) ? undefined : `${boot.trim()}/${started}`
  } catch {
    return undefined
  }
}

/** Whether the process that had this number and identity still runs. */
export async function isAlive(processId: number, identity: string | undefined): Promise<boolean> {
  if (identity !== undefined) return (await processIdentity(processId)) === identity
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

import { mountAt, readMounts } from './mount-table.ts'
import { runProgram } from './run-program.ts'

const limits = { milliseconds: 20_000 }

/**
 * Unmounts what is mounted at a mount point of the instance's own, unless others use it. Never fails: what stays mounted is used, or unmounted,
 * by the next who comes.
 */
export async function unmount(point: string, signal: AbortSignal): Promise<void> {
  while (mountAt(await readMounts(), point) !== undefined) {
    // Internally: the helper of NFS would ask the server, which may be gone; and without a look at the folder, for the same reason.
    const words = ['--internal-only', '--no-canonicalize', point]
    const end = await runProgram('umount', words, limits, signal)
    if (end.status === 0) continue
    if (/busy/i.test(end.complaint) || end.why !== 'ended') return
    const lazily = await runProgram('umount', ['--lazy', ...words], limits, signal)
    if (lazily.status !== 0) return
  }
}

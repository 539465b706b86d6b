import { spawn } from 'node:child_process'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { programMissing } from '../programs.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** From Debian's user-mode-linux, samba, cifs-utils, nfs-common, nfs-kernel-server, rpcbind, kmod, iproute2 and quota. */
const programs = [
  'linux.uml',
  'smbd',
  'mount.cifs',
  'mount.nfs',
  'rpc.nfsd',
  'rpcbind',
  'modprobe',
  'ip',
  'tc',
  'setquota',
]
/** Two servers with their RAM disks, two runners, and the processes of what runs: with half of it some were killed for it on a slow machine. */
const usualMebibytes = 2560

export interface KernelLimits {
  readonly seconds: number
  /** Of memory, its RAM disks included. */
  readonly mebibytes?: number
}

/** Whether a kernel with network file systems can be booted here; in CI it must be. */
export function kernelMissing(): boolean {
  const missing = programs.filter((program) => programMissing(program))
  if (missing.length > 0) return true
  if (process.getuid?.() === 0) return false
  if (process.env['CI'] === undefined) return true
  throw new Error('only root can be root in the kernel of the tests, and CI must not skip what needs it')
}

/**
 * Runs a command, as root, under User-Mode Linux: a kernel that is a process of this machine, on this machine's own files,
 * with the clients and servers that the machine's kernel may lack (CIFS, NFS) and no network but its own loopback.
 * Mounts made there are seen there only. It is up in four seconds and has one processor.
 *
 * @returns what the command printed
 * @throws when the command does not end with 0 in that time; with the end of what it printed
 */
export async function runInKernel(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
  { seconds, mebibytes = usualMebibytes }: KernelLimits,
): Promise<string> {
  await using work = await temporaryFolder()
  await writeFile(join(work.path, 'command'), scriptOf(command, environment))
  for (const folder of ['/lib/modules', '/var/lib/nfs']) await mkdir(folder, { recursive: true })
  await boot(work.path, seconds, mebibytes)
  const status = await readFile(join(work.path, 'status'), 'utf8').catch(() => 'none')
  if (status.trim() === '0') return await readFile(join(work.path, 'log'), 'utf8')
  const said = await Promise.all([endOf(join(work.path, 'kernel')), endOf(join(work.path, 'log'))])
  throw new Error(`exit status ${status.trim()} in the kernel of the tests:\n${said.join('\n')}`)
}

async function boot(work: string, seconds: number, mebibytes: number): Promise<void> {
  const words = [
    ...['quiet', 'loglevel=1', `mem=${mebibytes}M`, 'con=null', 'con0=null,fd:1', `uml_dir=${work}`],
    ...['rootfstype=hostfs', 'rootflags=/', 'rw', `init=${join(import.meta.dirname, 'guest.sh')}`],
    `KERNEL_WORK=${work}`,
  ]
  await using log = await open(join(work, 'kernel'), 'w')
  const kernel = spawn('linux.uml', words, { detached: true, stdio: ['ignore', log.fd, log.fd] })
  const group = -(kernel.pid ?? 0)
  const timer = setTimeout(() => process.kill(group, 'SIGKILL'), seconds * 1000)
  await new Promise((resolve, reject) => {
    kernel.once('error', reject)
    kernel.once('close', resolve)
  })
  clearTimeout(timer)
}

function scriptOf(command: readonly string[], environment: Readonly<Record<string, string>>): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return `${exports.join('')}cd ${quoted(process.cwd())}\n${command.map(quoted).join(' ')}\n`
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

async function endOf(path: string): Promise<string> {
  return (await readFile(path, 'utf8').catch(() => '')).slice(-4000)
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { ownSshKey } from '../../src/destinations/rsync/own-key.ts'
import type { RsyncSpec } from '../../src/ports/destination-spec.ts'
import { programMissing } from './programs.ts'

/** Whether a real server with a forced `rrsync` cannot be had. */
export function sshServerMissing(): boolean {
  return ['sshd', 'ssh', 'rsync', 'rrsync', 'ssh-keygen'].map(programMissing).includes(true)
}

export interface SshServer extends AsyncDisposable {
  readonly port: number
  readonly hostKey: string
  /** The folder that the account is led to. */
  readonly folder: string
  /** Of the private key that is let in. */
  readonly keyPath: string
  readonly processId: number
  /** How to reach it. */
  spec(but?: Partial<RsyncSpec>): RsyncSpec
  /** What the account may do from the next connection on: the command with its options, and the folder last. */
  allow(command: string): Promise<void>
  /** The key may run rrsync in this folder. */
  allowOnly(folder: string): Promise<void>
  /** No key is let in, from the next connection on. */
  letNobodyIn(): Promise<void>
  /** Ends it, and all connections. */
  stop(): Promise<void>
  start(): Promise<void>
  /** All that it logged. */
  log(): string
}

/**
 * A real sshd on a port of the test's own, on the loopback only, which lets the instance's key run `rrsync` and nothing else.
 *
 * @param root the test's folder, which the server's files lie in
 */
export async function startSshServer(
  root: string,
  { address = '127.0.0.1', options = '-munge -no-lock', name = 'server' } = {},
): Promise<SshServer> {
  const at = join(root, name)
  const folder = join(at, 'copies')
  await mkdir(folder, { recursive: true })
  const { path: keyPath, publicKey } = await ownSshKey(root)
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(at, 'host_key')])
  const hostKey = (await readFile(join(at, 'host_key.pub'), 'utf8')).trim()
  const allow = (command: string): Promise<void> =>
    writeFile(join(at, 'authorized_keys'), `restrict,command="${command}" ${publicKey}\n`, { mode: 0o600 })
  await allow(`/usr/bin/rrsync ${options} ${folder}`)
  const port = await freePort(address)
  await writeFile(join(at, 'sshd_config'), configuration(at, address, port))
  // Where Debian's sshd, as root, puts its processes that nobody has logged in to yet.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true })
  let log = ''
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const words = ['-D', '-e', '-f', join(at, 'sshd_config')]
    const started = spawn('/usr/sbin/sshd', words, { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    child = started
    await new Promise<void>((resolve, reject) => {
      started.once('exit', () => {
        reject(new Error(`sshd ended: ${log}`))
      })
      started.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text
        if (text.includes('Server listening')) resolve()
      })
    })
  }

  async function stop(): Promise<void> {
    const ending = child
    child = undefined
    if (ending?.pid === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    killAllOf(ending.pid)
    await ended
  }

  await start()
  return {
    port,
    hostKey,
    folder,
    keyPath,
    get processId() {
      return child?.pid ?? 0
    },
    allow,
    allowOnly: (only) => allow(`/usr/bin/rrsync ${options} ${only}`),
    letNobodyIn: () => writeFile(join(at, 'authorized_keys'), ''),
    start,
    stop,
    log: () => log,
    spec: (but = {}) => ({
      kind: 'rsync',
      user: userInfo().username,
      host: address,
      port,
      folder: '',
      hostKeys: [hostKey],
      writeOnly: false,
      ...but,
    }),
    [Symbol.asyncDispose]: stop,
  }
}

function configuration(at: string, address: string, port: number): string {
  return [
    `ListenAddress ${address.includes(':') ? `[${address}]` : address}:${port}`,
    `HostKey ${join(at, 'host_key')}`,
    `AuthorizedKeysFile ${join(at, 'authorized_keys')}`,
    'PidFile none',
    // The folders above belong to the test's user, and are anybody's to write to.
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 100',
    // bash reads the .bashrc of whoever runs the tests, which may do anything: take its time, or wait for another that does the same.
    `SetEnv HOME=${at}`,
    '',
  ].join('\n')
}

/** Of a process, and theirs: the one that serves a connection, and what was started for it. */
export function childrenOf(processId: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  const parents = lines.map((line) => line.trim().split(/\s+/).map(Number))
  const found: number[] = []
  const waiting = [processId]
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const [pid = 0, of = 0] of parents) {
      if (of !== parent) continue
      found.push(pid)
      waiting.push(pid)
    }
  }
  return found
}

/** Held first, so that none of them starts another meanwhile: it would go on, and keep the port. */
function killAllOf(processId: number): void {
  const held = new Set<number>()
  for (let isNew = true; isNew; ) {
    const found = [processId, ...childrenOf(processId)].filter((pid) => !held.has(pid))
    for (const pid of found) {
      held.add(pid)
      signalUnlessGone(pid, 'SIGSTOP')
    }
    isNew = found.length > 0
  }
  for (const pid of held) signalUnlessGone(pid, 'SIGKILL')
}

function signalUnlessGone(pid: number, which: NodeJS.Signals): void {
  try {
    process.kill(pid, which)
  } catch {
    // It went with its parent.
  }
}

/** Nobody listens there a moment from now, either: ports are given out in turn. */
export function freePort(address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, address, () => {
      const at = server.address()
      server.close(() => {
        if (at === null || typeof at === 'string') reject(new Error('no port'))
        else resolve(at.port)
      })
    })
  })
}

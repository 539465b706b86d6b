import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { call, until } from './commands.ts'
import { type DiskOfServer, diskOfServer, quotaUser } from './disk-of-server.ts'

/** Samba with one share, for the tests in the kernel: SMB 3.1.1 alone, and nothing unencrypted. */
export interface SmbServer extends AsyncDisposable {
  readonly host: string
  readonly share: string
  readonly user: string
  readonly password: string
  /** Behind the share. */
  readonly disk: DiskOfServer
  start(): Promise<void>
  /** Without a word to its clients. */
  kill(): Promise<void>
  /** It answers no more, and its connections stay. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Its connections are lost; new ones can be made. */
  cut(): Promise<void>
  setPassword(password: string): Promise<void>
  /** Whether there is a share, from its next start on. */
  setShared(shared: boolean): Promise<void>
}

/** Every character that means something to a shell, to mount's options or to a credentials file. */
const uglyPassword = ' p&w!\\x, y%z;"\'#=$`( '
const port = 445

/**
 * @param mebibytes of its disk
 * @param quotaMebibytes of which everybody together may have so much
 */
export async function startSmbServer(mebibytes = 128, quotaMebibytes?: number): Promise<SmbServer> {
  const home = '/run/smb-server'
  const configuration = join(home, 'smb.conf')
  await mkdir(join(home, 'state'), { recursive: true })
  const disk = await diskOfServer(join(home, 'share'), mebibytes, quotaMebibytes)
  let smbd: ChildProcess | undefined

  const server: SmbServer = {
    ...{ host: '127.0.0.1', share: 'backup', user: 'root', password: uglyPassword, disk },
    async start() {
      // A group of its own, which its children stay in: all of them are stopped by one signal.
      const words = ['--foreground', '--no-process-group', '--configfile', configuration]
      const started = spawn('smbd', words, { detached: true, stdio: 'ignore' })
      smbd = started
      await until('smbd answers', async () => {
        if (started.exitCode !== null) throw new Error(`smbd ended with ${started.exitCode}: see ${home}/log`)
        return await answers()
      })
    },
    async kill() {
      const ended = new Promise((resolve) => smbd?.once('exit', resolve))
      signal('SIGKILL')
      await ended
      smbd = undefined
      // Its children end after it, and hold its port for so long: the next would find it taken.
      await until('nothing listens', async () => !(await answers()))
    },
    freeze: async () => {
      signal('SIGSTOP')
    },
    thaw: async () => {
      signal('SIGCONT')
    },
    cut: () => killConnections(port, smbd?.pid),
    setPassword: (text) => setPassword(configuration, text),
    setShared: (shared) =>
      writeFile(configuration, configurationText(home, shared, quotaMebibytes !== undefined)),
    async [Symbol.asyncDispose]() {
      if (smbd !== undefined) await server.kill()
      await disk[Symbol.asyncDispose]()
      await rm(home, { recursive: true })
    },
  }
  const signal = (name: NodeJS.Signals): void => {
    if (smbd?.pid !== undefined) process.kill(-smbd.pid, name)
  }

  await server.setShared(true)
  await server.setPassword(server.password)
  await server.start()
  return server
}

function configurationText(home: string, shared: boolean, asQuotaUser: boolean): string {
  const state = join(home, 'state')
  const general = `[global]
  interfaces = lo
  bind interfaces only = yes
  private dir = ${state}
  lock directory = ${state}
  state directory = ${state}
  cache directory = ${state}
  pid directory = ${state}
  ncalrpc dir = ${state}/ncalrpc
  log file = ${home}/log
  server min protocol = SMB3_11
  server smb encrypt = required
  disable netbios = yes
  load printers = no
  printcap name = /dev/null
`
  const share = `[backup]
  path = ${home}/share
  writable = yes
  valid users = root
${asQuotaUser ? `  force user = ${quotaUser.name}\n` : ''}`
  return shared ? general + share : general
}

async function setPassword(configuration: string, password: string): Promise<void> {
  const program = spawn('smbpasswd', ['-c', configuration, '-s', '-a', 'root'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  program.stdin.end(`${password}\n${password}\n`)
  const status = await new Promise((resolve) => program.once('close', resolve))
  if (status !== 0) throw new Error('smbpasswd failed')
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}

/** Each is a process of smbd's own. The one that accepts them has the newest, too, until it has made that process: it stays. */
async function killConnections(at: number, accepting: number | undefined): Promise<void> {
  const sockets = await call('ss', '-Htnp', 'state', 'established', `( sport = :${at} )`)
  const pids = new Set(Array.from(sockets.matchAll(/pid=(\d+)/g), ([, pid]) => Number(pid)))
  for (const pid of pids) if (pid !== accepting) process.kill(pid, 'SIGKILL')
}

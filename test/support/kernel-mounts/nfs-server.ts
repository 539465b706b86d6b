import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { call, until } from './commands.ts'
import { type DiskOfServer, diskOfServer, quotaUser } from './disk-of-server.ts'

/** The kernel's own NFS server with one export, for the tests in the kernel. */
export interface NfsServer extends AsyncDisposable {
  readonly host: string
  readonly export: string
  /** The same in version 3, which has no common root of all exports. */
  readonly version3Export: string
  /** Behind the export. */
  readonly disk: DiskOfServer
  start(): Promise<void>
  stop(): Promise<void>
  /** Every packet to it is dropped, as if it hung. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Its connections are lost; new ones can be made. */
  cut(): Promise<void>
  setExported(how: 'rw' | 'ro' | 'not'): Promise<void>
}

/**
 * @param mebibytes of its disk
 * @param version whether it speaks version 4, or 3 alone, for which it needs an rpcbind
 * @param quotaMebibytes of which everybody together may have so much
 */
export async function startNfsServer(
  mebibytes = 128,
  version: '3' | '4' = '4',
  quotaMebibytes?: number,
): Promise<NfsServer> {
  const state = '/var/lib/nfs'
  const disk = await diskOfServer('/run/nfs-server', mebibytes, quotaMebibytes)
  for (const folder of ['rpc_pipefs', 'v4recovery', 'sm', 'sm.bak']) {
    await mkdir(`${state}/${folder}`, { recursive: true })
  }
  for (const file of ['etab', 'rmtab', 'state']) await writeFile(`${state}/${file}`, '')
  await call('mount', '-t', 'nfsd', 'nfsd', '/proc/fs/nfsd')
  await call('mount', '-t', 'rpc_pipefs', 'rpc_pipefs', `${state}/rpc_pipefs`)
  const versions = version === '3' ? ['-V', '3', '-N', '4'] : ['-N', '3', '-V', '4']
  let mountd: ChildProcess | undefined
  const rpcbind = version === '3' ? await startRpcbind() : undefined
  const { id } = quotaUser
  const who = quotaMebibytes === undefined ? 'no_root_squash' : `all_squash,anonuid=${id},anongid=${id}`
  const exported = `127.0.0.1:${disk.path}`

  const server: NfsServer = {
    ...{ host: '127.0.0.1', export: '/', version3Export: disk.path, disk },
    async start() {
      // Clients of before a restart are waited for as long as this: 90 seconds by default.
      await writeFile('/proc/fs/nfsd/nfsv4leasetime', '10')
      await writeFile('/proc/fs/nfsd/nfsv4gracetime', '10')
      await server.setExported('rw')
      mountd ??= spawn('rpc.mountd', ['--foreground', ...versions], { stdio: 'ignore' })
      await call('rpc.nfsd', ...versions, '-H', '127.0.0.1', '4')
    },
    async stop() {
      await call('rpc.nfsd', '0')
    },
    async freeze() {
      await call('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'handle', '1:', 'prio')
      const match = ['u32', 'match', 'ip', 'dport', '2049', '0xffff', 'action', 'drop']
      await call('tc', 'filter', 'add', 'dev', 'lo', 'parent', '1:', 'protocol', 'ip', ...match)
    },
    async thaw() {
      await call('tc', 'qdisc', 'del', 'dev', 'lo', 'root')
    },
    async cut() {
      await call('ss', '--kill', 'state', 'established', '( sport = :2049 )')
    },
    async setExported(how) {
      if (how === 'not') await call('exportfs', '-u', exported)
      else await call('exportfs', '-o', `${how},${who},fsid=0,insecure,sync,no_subtree_check`, exported)
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      for (const program of [mountd, rpcbind]) program?.kill('SIGKILL')
      await call('exportfs', '-ua')
      for (const path of [`${state}/rpc_pipefs`, '/proc/fs/nfsd']) await call('umount', '--lazy', path)
      await disk[Symbol.asyncDispose]()
    },
  }
  await server.start()
  return server
}

async function startRpcbind(): Promise<ChildProcess> {
  const program = spawn('rpcbind', ['-f'], { stdio: ['ignore', 'ignore', 'inherit'] })
  await until('rpcbind answers', async () => {
    const answer = await call('rpcinfo', '-p', '127.0.0.1').catch(() => '')
    return answer.includes('portmapper')
  })
  return program
}

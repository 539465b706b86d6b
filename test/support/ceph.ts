import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { programMissing } from './programs.ts'

/** What a test signs with; the secret has the characters that are encoded wrongly most often. */
export const cephKeys = { accessKey: 'TESTACCESSKEY', secret: 'Test/Secret+Key=0123456789' } as const

/** A master key of the gateway's own, for server-side encryption with a named key. */
export const cephMasterKey = 'redoma-test-key'

/** A one-node Ceph cluster, in memory, with its S3 gateway on loopback. Disposing ends it and removes all of it. */
export interface Ceph extends AsyncDisposable {
  /** Origin of the gateway; under the name `s3.test`, it knows buckets by virtual host, too. */
  readonly endpoint: string
  readonly port: number
  /** Stop it, kill it, let it go on: it is the gateway's own process. */
  gateway(): ChildProcess
  /** After it was killed. */
  restartGateway(): Promise<void>
  /** `radosgw-admin`; gives what it prints. */
  admin(...words: readonly string[]): Promise<string>
}

const run = promisify(execFile)

export function cephMissing(): boolean {
  return ['ceph-mon', 'ceph-osd', 'ceph-mgr', 'ceph', 'radosgw', 'radosgw-admin'].some(programMissing)
}

/** Takes about 15 s: once a file. Another may have taken one of its ports meanwhile: then it is started once more. */
export function startCeph(): Promise<Ceph> {
  return startOnce().catch(startOnce)
}

async function startOnce(): Promise<Ceph> {
  const root = await mkdtemp(join(tmpdir(), 'redoma-ceph-'))
  const started: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(endOf))
    await rm(root, { recursive: true, force: true })
  }
  try {
    return await startIn(root, started, stop)
  } catch (error) {
    const said = await readFile(join(root, 'said'), 'utf8').catch(() => '')
    await stop()
    throw new Error(`Ceph did not start: ${said.slice(-2000)}`, { cause: error })
  }
}

async function startIn(root: string, started: ChildProcess[], stop: () => Promise<void>): Promise<Ceph> {
  const [monitorPort, port] = [await freePort(), await freePort()]
  const conf = join(root, 'ceph.conf')
  const said = openSync(join(root, 'said'), 'a')
  const begin = (program: string, ...words: readonly string[]): ChildProcess => {
    // Ends with this process, however that ends.
    const command = ['--pdeathsig', 'KILL', program, '-c', conf, '-f', ...words]
    const child = spawn('setpriv', command, { stdio: ['ignore', said, said] })
    started.push(child)
    return child
  }
  const call = async (program: string, ...words: readonly string[]): Promise<string> => {
    const { stdout } = await run(program, ['-c', conf, ...words], { timeout: 60_000 })
    return stdout
  }

  await Promise.all(['mon.a', 'osd.0', 'mgr.x'].map((name) => mkdir(join(root, name))))
  const fsid = randomUUID()
  await writeFile(conf, settings(root, fsid, monitorPort, port))
  const map = join(root, 'monmap')
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${monitorPort}]`, map])
  await call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map)
  begin('ceph-mon', '-i', 'a')
  const disk = randomUUID()
  await call('ceph', 'osd', 'new', disk)
  await call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk)
  begin('ceph-osd', '-i', '0')
  begin('ceph-mgr', '-i', 'x')
  const beginGateway = (): ChildProcess => begin('radosgw', '-n', 'client.rgw')
  let gateway = beginGateway()
  await listening(port)
  const { accessKey, secret } = cephKeys
  const keys = ['--access-key', accessKey, '--secret-key', secret]
  await call('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...keys)

  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    gateway: () => gateway,
    async restartGateway() {
      await endOf(gateway)
      gateway = beginGateway()
      await listening(port)
    },
    admin: (...words) => call('radosgw-admin', ...words),
    async [Symbol.asyncDispose]() {
      await stop()
      closeSync(said)
    },
  }
}

/** Without authentication within the cluster: it listens on loopback, and knows nothing worth having. */
function settings(root: string, fsid: string, monitorPort: number, port: number): string {
  return `
[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${monitorPort}/0
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd crush update on start = true
osd objectstore = memstore
memstore device bytes = 3221225472
osd client watch timeout = 2
mon max pg per osd = 1000
mon data avail crit = 0
mon data avail warn = 0
run dir = ${root}
log file = ${root}/$name.log
admin socket = ${root}/$name.asok
pid file = ${root}/$name.pid
crash dir = ${root}
mon data = ${root}/mon.a
osd data = ${root}/osd.0
mgr data = ${root}/mgr.x
[client.rgw]
ms mon client mode = crc
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
rgw dns name = s3.test
rgw enable usage log = false
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = ${cephMasterKey}=${Buffer.alloc(32, 7).toString('base64')}
`
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was free')
  return address.port
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await accepts(port)) return
    await pause(200)
  }
  throw new Error(`nobody listens on port ${port}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}

/** Killed: what it holds is in memory, and goes with it. One that is stopped (SIGSTOP) ends too. */
async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await new Promise((resolve) => {
    child.once('exit', resolve)
    child.kill('SIGKILL')
  })
}

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { type RequestOptions, request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { aServedInstance, type Served } from '../../../test/support/served.ts'
import { loadPeers } from '../../crypto/native.ts'
import { socketPath } from '../contract/socket-path.ts'
import { listenOnSocket, type SocketDeps } from './listen-on-socket.ts'
import type { Listening } from './make-server.ts'

describe('the socket of the API', () => {
  test('is for its owner alone, in a folder for its owner alone, and answers', async () => {
    await using served = await aServedInstance()
    const runFolder = join(served.instance.home, 'run')
    await mkdir(runFolder)
    await chmod(runFolder, 0o755)

    await using listening = await listenAt(served)

    const modes = await Promise.all(
      [runFolder, listening.address, join(runFolder, 'daemon.lock')].map(
        async (path) => (await stat(path)).mode & 0o777,
      ),
    )
    expect(modes).toEqual([0o700, 0o600, 0o600])
    expect(await readdir(runFolder)).toEqual(['api.sock', 'daemon.lock'])
    expect(await get(listening.address, '/healthz')).toEqual([200, '{"status":"ok"}'])
  })

  test('is gone when the daemon has stopped', async () => {
    await using served = await aServedInstance()
    const listening = await listenAt(served)

    await listening[Symbol.asyncDispose]()

    expect(await readdir(join(served.instance.home, 'run'))).toEqual(['daemon.lock'])
  })

  test('takes the place of one that a dead daemon left behind', async () => {
    await using served = await aServedInstance()
    const runFolder = join(served.instance.home, 'run')
    await mkdir(runFolder)
    await dieListening(socketPath(runFolder))
    expect(await readdir(runFolder)).toEqual(['api.sock'])

    await using listening = await listenAt(served)

    expect(await get(listening.address, '/healthz')).toEqual([200, '{"status":"ok"}'])
    expect(await readdir(runFolder)).toEqual(['api.sock', 'daemon.lock'])
  })

  test('takes the place of a file that is no socket', async () => {
    await using served = await aServedInstance()
    const runFolder = join(served.instance.home, 'run')
    await mkdir(runFolder)
    await writeFile(socketPath(runFolder), '')

    await using listening = await listenAt(served)

    expect(await get(listening.address, '/healthz')).toEqual([200, '{"status":"ok"}'])
  })

  test('leaves a living daemon alone', async () => {
    await using served = await aServedInstance()
    await using first = await listenAt(served)

    await expect(listenAt(served)).rejects.toMatchObject({ code: 'DAEMON_RUNNING' })

    expect(await get(first.address, '/healthz')).toEqual([200, '{"status":"ok"}'])
    expect(await readdir(join(served.instance.home, 'run'))).toEqual(['api.sock', 'daemon.lock'])
  })

  test('is got by one of several daemons that find a dead one at once', async () => {
    await using served = await aServedInstance()
    const runFolder = join(served.instance.home, 'run')
    await mkdir(runFolder)
    await dieListening(socketPath(runFolder))

    const started = await Promise.allSettled(Array.from({ length: 8 }, () => listenAt(served)))

    const won = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    const codes = started.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { code: string }).code] : [],
    )
    expect(won).toHaveLength(1)
    expect(new Set(codes)).toEqual(new Set(['DAEMON_RUNNING']))
    expect(await get(socketPath(runFolder), '/healthz')).toEqual([200, '{"status":"ok"}'])
    await Promise.all(won.map((one) => one[Symbol.asyncDispose]()))
  })

  test('hangs up on who is neither root nor its owner, should the file be open to others', async () => {
    await using served = await aServedInstance()
    const told: number[] = []
    const onStranger = (user: number): void => void told.push(user)
    await using listening = await listenAt(served, { userOf: () => 12_345, onStranger })

    for (let times = 0; times < 3; times++)
      await expect(get(listening.address, '/healthz')).rejects.toThrow(/ECONNRESET|EPIPE|hang up/)
    expect(told).toEqual([12_345])
  })

  test('hangs up on who cannot be told', async () => {
    await using served = await aServedInstance()
    const userOf = (): number => {
      throw new Error('ENOTCONN')
    }
    await using listening = await listenAt(served, { userOf })

    await expect(get(listening.address, '/healthz')).rejects.toThrow(/ECONNRESET|EPIPE|hang up/)
  })

  test.runIf(process.geteuid?.() === 0)(
    'is told by the kernel that it is another user who asks, though the file is open to all',
    async () => {
      await using served = await aServedInstance()
      const told: number[] = []
      const onStranger = (user: number): void => void told.push(user)
      await using listening = await listenAt(served, { userOf: loadPeers(), onStranger })
      await openToAll(listening.address)

      expect(await getAs(0, listening.address)).toBe('{"status":"ok"}')
      expect(await getAs(65_534, listening.address)).toMatch(/^(ECONNRESET|EPIPE)$/)
      expect(told).toEqual([65_534])
      expect(await getAs(0, listening.address)).toBe('{"status":"ok"}')
    },
  )

  test('takes what comes over a connection as it takes what comes from within: no body, one too long, one in chunks', async () => {
    await using served = await aServedInstance()
    await using listening = await listenAt(served)
    const headers = { 'content-type': 'application/json' }
    const ask = (
      method: string,
      path: string,
      body?: string,
      more: Record<string, string> = {},
    ): Promise<number> =>
      statusOf({ socketPath: listening.address, method, path, headers: { ...headers, ...more } }, body)

    const statuses = [
      await ask('DELETE', '/api/v1/runs/7'),
      await ask('POST', '/api/v1/credentials', '{"title":"a"}', { 'content-length': '13' }),
      await ask('POST', '/api/v1/credentials', '{"title":"b"}', { 'transfer-encoding': 'chunked' }),
      await ask('POST', '/api/v1/credentials', '', { 'content-length': String(2 ** 20 + 1) }),
    ]

    expect(statuses).toEqual([404, 201, 411, 413])
    expect(served.logged.filter(({ event }) => event === 'request failed')).toEqual([])
  })

  test('says what is wrong where its path is longer than the system takes', async () => {
    await using served = await aServedInstance()
    const runFolder = join(served.instance.home, 'r'.repeat(120))

    await expect(listenOnSocket(served.api, { runFolder, patienceMs: 0 })).rejects.toMatchObject({
      code: 'FILE_FAILED',
    })
  })
})

/** The socket, and what leads to it. */
async function openToAll(path: string): Promise<void> {
  await chmod(path, 0o777)
  for (let folder = dirname(path); folder !== tmpdir() && folder !== '/'; folder = dirname(folder))
    await chmod(folder, 0o755)
}

/** What another process, of this user, is told. */
async function getAs(user: number, path: string): Promise<string> {
  const code = `const { request } = require('node:http')
    request({ socketPath: process.argv[1], path: '/healthz' }, (answer) => answer.pipe(process.stdout))
      .on('error', ({ code }) => process.stdout.write(code)).end()`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', code, path], {
    uid: user,
    gid: user,
    cwd: '/',
  })
  return stdout
}

function listenAt(served: Served, more: Partial<SocketDeps> = {}): Promise<Listening> {
  return listenOnSocket(served.api, {
    runFolder: join(served.instance.home, 'run'),
    patienceMs: 1000,
    ...more,
  })
}

function get(socket: string, path: string): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    request({ socketPath: socket, path, agent: false }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      answer.on('end', () => {
        resolve([answer.statusCode, text])
      })
    })
      .on('error', reject)
      .end()
  })
}

/** Of the answer, which may come before all of the request was sent. */
function statusOf(options: RequestOptions, body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, agent: false }, (answer) => {
      resolve(answer.statusCode ?? 0)
      sent.destroy()
    }).on('error', reject)
    // Of one that is refused for its length nothing is sent but that.
    if (body === '' && options.method === 'POST') sent.flushHeaders()
    else sent.end(body)
  })
}

/** A process listens there and is killed. */
async function dieListening(path: string): Promise<void> {
  const code = 'require("net").createServer().listen(process.argv[1], () => console.log("listens"))'
  const child: ChildProcess = spawn(process.execPath, ['-e', code, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const died = new Promise((resolve) => child.once('close', resolve))
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  child.kill('SIGKILL')
  await died
}

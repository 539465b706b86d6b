import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as requestPlainly } from 'node:http'
import { type RequestOptions, request } from 'node:https'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { FloodOrder, FloodReport } from '../support/flood.ts'
import { aProtectedTree, expectWhole, fillTree, type ProtectedTree } from '../support/protected-tree.ts'
import { endOf } from '../support/redoma.ts'

const program = new URL('../support/flood.ts', import.meta.url).pathname
const isSlow = process.env['SLOW'] !== undefined
const seconds = isSlow ? 30 : 4
const mebibytes = isSlow ? 512 : 24
/** Beyond what the same backup takes when nobody asks anything: what 256 connections may hold, twice. */
const moreMemory = 256 * 1024 * 1024

const host = 'host: localhost\r\n'
const junk = `POST /api/v1/credentials HTTP/1.1\r\n${host}content-type: application/json\r\ncontent-length: 9\r\n\r\n{"title":`
const asked = (path: string): string => `GET ${path} HTTP/1.1\r\n${host}\r\n`
const fromStrangers = [asked('/healthz'), asked('/api/v1/credentials'), asked('/x'), junk]
const fromOwner = [
  ...fromStrangers,
  asked('/metrics'),
  asked('/api/v1/runs?limit=100'),
  asked('/api/v1/destinations'),
]

test('ten thousand requests a second, by TLS and on the socket, keep no backup from being whole, take no memory without bound, and leave nothing behind', {
  timeout: 600_000,
}, async ({ annotate }) => {
  await using world = await aProtectedTree()
  await using daemon = await serve(world)
  await fillTree(world, mebibytes, 1)
  const quiet = await daemon.peakDuring(async () => daemon.endOf(await daemon.begin()))
  await fillTree(world, mebibytes, 2)
  const floods = [
    await flood({
      ...{ seconds, connections: 32, rate: 5000 },
      to: { port: daemon.port, ca: daemon.ca },
      requests: fromStrangers,
    }),
    await flood({
      ...{ seconds, connections: 32, rate: 5000 },
      to: { socket: daemon.socket },
      requests: fromOwner,
    }),
  ]
  const reports: FloodReport[] = []

  const flooded = await daemon.peakDuring(async () => {
    const run = await daemon.begin()
    // One address floods, and another one is answered.
    expect(await daemon.askByHttps('/healthz', '127.0.0.2')).toBe(200)
    expect(await daemon.endOf(run)).toBe('done')
    reports.push(...(await Promise.all(floods.map((end) => end()))))
  })

  expect(await daemon.askByHttps('/healthz', '127.0.0.3')).toBe(200)
  expect(await daemon.askBySocket('GET', '/api/v1/instance')).toMatchObject({ status: 200 })
  expect(flooded.bytes).toBeLessThan(quiet.bytes + moreMemory)
  const [strangers, owner] = reports
  await annotate(JSON.stringify({ reports, quiet, flooded }))
  expect(Object.keys(strangers?.answers ?? {})).toContain('429')
  for (const { answers } of reports) expect(answers).not.toHaveProperty('500')
  expect(owner?.answers['200']).toBeGreaterThan(0)
  expect(daemon.isAlive()).toBe(true)
  await daemon[Symbol.asyncDispose]()
  await expectWhole(world)
})

/** A program that floods, once it does; what it gives ends it. */
async function flood(order: FloodOrder): Promise<() => Promise<FloodReport>> {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = endOf(child)
  await Promise.race([once(child.stdout, 'data'), ended])
  return async () => {
    child.kill('SIGTERM')
    return JSON.parse((await ended).stdout.split('\n')[1] ?? '') as FloodReport
  }
}

async function serve({ redoma, home }: ProtectedTree) {
  const { child, ended } = redoma.start(['serve', '--https', '127.0.0.1:0', '--name', 'localhost'])
  let said = ''
  child.stderr?.on('data', (text: string) => (said += text))
  while (!said.includes('pinnedpubkey')) {
    if (child.exitCode !== null) throw new Error(`it has ended: ${said}`)
    if (child.stderr !== null) await Promise.race([once(child.stderr, 'data'), ended])
  }
  const port = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1])
  const [ca, socket] = [join(home, 'tls', 'certificate.pem'), join(home, 'run', 'api.sock')]
  const askBySocket = (method: string, path: string, body?: object) =>
    answerTo(requestPlainly, { socketPath: socket, method, path }, body)
  return {
    port,
    ca,
    socket,
    askBySocket,
    isAlive: () => child.exitCode === null,
    async askByHttps(path: string, localAddress: string): Promise<number> {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        localAddress,
        ca: readFileSync(ca),
        servername: 'localhost',
      }
      return (await answerTo(request, options)).status
    },
    /** As a client does that is told to come again. */
    async begin(): Promise<number> {
      for (;;) {
        const { status, value } = await askBySocket('POST', '/api/v1/runs', { jobs: ['system'] })
        if (status === 202) return (value as { readonly id: number }).id
        if (![0, 429, 503].includes(status))
          throw new Error(`a run was not begun: ${status} ${JSON.stringify(value)}`)
        await wait(50)
      }
    },
    async endOf(run: number): Promise<string> {
      for (;;) {
        const { status, value } = await askBySocket('GET', `/api/v1/runs/${run}`)
        const { state } = value as { readonly state?: string }
        if (status === 200 && state !== undefined && state !== 'running') return state
        await wait(100)
      }
    },
    /** The most memory that it held meanwhile, and how long that was. */
    async peakDuring(
      work: () => Promise<unknown>,
    ): Promise<{ readonly bytes: number; readonly milliseconds: number }> {
      const began = performance.now()
      let peak = 0
      const watching = setInterval(() => {
        peak = Math.max(peak, residentBytes(child.pid))
      }, 50)
      try {
        await work()
      } finally {
        clearInterval(watching)
      }
      return { bytes: peak, milliseconds: Math.round(performance.now() - began) }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Status 0: the connection was cut, as of one too many. */
function answerTo(
  ask: typeof request,
  options: RequestOptions,
  body?: object,
): Promise<{ readonly status: number; readonly value: unknown }> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
  return new Promise((resolve) => {
    const nothing = (): void => {
      resolve({ status: 0, value: {} })
    }
    ask({ ...options, headers, agent: false }, (answer) => {
      let said = ''
      answer.setEncoding('utf8').on('data', (piece: string) => (said += piece))
      answer.on('error', nothing).on('end', () => {
        const isJson = (answer.headers['content-type'] ?? '').includes('json')
        resolve({ status: answer.statusCode ?? 0, value: isJson ? (JSON.parse(said) as unknown) : {} })
      })
    })
      .on('error', nothing)
      .end(text)
  })
}

function residentBytes(pid: number | undefined): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes ?? 0) * 1024
}

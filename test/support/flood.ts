import { readFileSync } from 'node:fs'
import { connect as connectPlainly, type Socket } from 'node:net'
import { connect } from 'node:tls'

/** What `process.argv[2]` says, as JSON. */
export interface FloodOrder {
  readonly to: { readonly socket: string } | { readonly port: number; readonly ca: string }
  /** At least so long, and until it is told to end (SIGTERM). */
  readonly seconds: number
  readonly connections: number
  /** Requests a second that are tried, over all connections. */
  readonly rate: number
  /** Each with all of its bytes; asked in turn. */
  readonly requests: readonly string[]
}

/** What it prints at its end, as JSON. */
export interface FloodReport {
  /** Requests that were sent. */
  readonly sent: number
  /** Answers, by their status. */
  readonly answers: Readonly<Record<string, number>>
  /** Connections that the other end refused or cut. */
  readonly cut: number
  readonly seconds: number
}

/** So many are sent on a connection before an answer is waited for. */
const mostWaiting = 8
const tickMs = 10

/** A program that asks as much as it can, and never waits for an answer before it asks again. It says `floods` when it begins. */
if (process.argv[1] === import.meta.filename) await flood(JSON.parse(process.argv[2] ?? '') as FloodOrder)

async function flood({ to, seconds, connections, rate, requests }: FloodOrder): Promise<void> {
  const answers: Record<string, number> = {}
  let [sent, cut, tokens] = [0, 0, 0]
  const began = performance.now()
  const end = began + seconds * 1000
  const ca = 'ca' in to ? readFileSync(to.ca, 'utf8') : undefined
  const told = new AbortController()
  process.once('SIGTERM', () => {
    told.abort()
  })
  const isOver = (): boolean => told.signal.aborted && performance.now() >= end
  const open = (): Socket =>
    'socket' in to
      ? connectPlainly(to.socket)
      : connect({ host: '127.0.0.1', port: to.port, ca, checkServerIdentity: () => undefined })
  const lines = Array.from({ length: connections }, () => ({ socket: open(), waiting: 0 }))
  const attend = (line: { socket: Socket; waiting: number }): void => {
    let rest = ''
    line.waiting = 0
    line.socket.setEncoding('latin1').on('data', (piece: string) => {
      const text = rest + piece
      for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        answers[status] = (answers[status] ?? 0) + 1
        line.waiting -= 1
      }
      // The beginning of an answer may be cut in two.
      rest = /H[\w/. ]{0,11}$/.exec(text)?.[0] ?? ''
    })
    line.socket
      .on('error', () => undefined)
      .on('close', () => {
        cut += 1
        if (isOver()) return
        setTimeout(() => {
          line.socket = open()
          attend(line)
        }, 20)
      })
  }
  for (const line of lines) attend(line)
  process.stdout.write('floods\n')
  let before = performance.now()
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, tickMs))
    const now = performance.now()
    // What could not be sent is not made up for: it is a rate, and not a number.
    tokens = Math.min(rate / 10, tokens + ((now - before) / 1000) * rate)
    before = now
    for (let turn = 0; turn < mostWaiting && tokens >= 1; turn++)
      for (const line of lines) {
        if (tokens < 1) break
        if (line.waiting >= mostWaiting || line.socket.connecting || !line.socket.writable) continue
        line.socket.write(requests[sent % requests.length] ?? '', 'latin1')
        line.waiting += 1
        tokens -= 1
        sent += 1
      }
  }
  const report: FloodReport = { sent, answers, cut, seconds: (performance.now() - began) / 1000 }
  process.stdout.write(`${JSON.stringify(report)}\n`)
  process.exit(0)
}

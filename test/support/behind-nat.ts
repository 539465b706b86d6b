import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { isRefused } from './mounting.ts'

/** A second machine on the network, which is none: it hands on to this one what it is sent. */
export interface BehindNat extends AsyncDisposable {
  /** Of this machine. */
  readonly ownAddress: string
  /** Of the other: no interface of this machine has it. */
  readonly address: string
  /** From that port of the other to the same port of this machine. */
  forward(port: number): Promise<void>
}

/** Only root may set up a network; CI must not leave this out without a word. */
export function natRefused(): boolean {
  return isRefused('unshare', '--net', 'ip', 'link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two')
}

export function behindNat(): BehindNat {
  const name = `rdm${process.pid}`
  const [here, there] = [`${name}a`, `${name}b`]
  // 198.18.0.0/15 is for tests (RFC 2544).
  const network = `198.18.${process.pid & 255}.${((process.pid >> 8) & 63) * 4}`
  const [ownAddress, address] = [1, 2].map((last) =>
    network.replace(/\d+$/, (at) => String(Number(at) + last)),
  )
  if (ownAddress === undefined || address === undefined) throw new Error('no address')
  const ip = (...words: string[]): void => {
    execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  ip('netns', 'add', name)
  ip('link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name)
  ip('address', 'add', `${ownAddress}/30`, 'dev', here)
  ip('link', 'set', here, 'up')
  ip('-n', name, 'address', 'add', `${address}/30`, 'dev', there)
  ip('-n', name, 'link', 'set', there, 'up')
  const forwarders: ChildProcess[] = []

  async function forward(port: number): Promise<void> {
    const words = [process.execPath, '-e', forwarder, address ?? '', ownAddress ?? '', String(port)]
    const child = spawn('ip', ['netns', 'exec', name, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    forwarders.push(child)
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => {
        reject(new Error('the forwarder ended'))
      })
      child.stdout.once('data', () => {
        resolve()
      })
    })
  }

  async function dispose(): Promise<void> {
    for (const child of forwarders) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    }
    ip('link', 'delete', here)
    ip('netns', 'delete', name)
  }

  return { ownAddress, address, forward, [Symbol.asyncDispose]: dispose }
}

/** `ip netns exec` becomes this program. */
const forwarder = `
  const { connect, createServer } = require('node:net')
  const [at, to, port] = process.argv.slice(1)
  createServer((client) => {
    const server = connect(port, to)
    for (const socket of [client, server]) socket.on('error', () => { client.destroy(); server.destroy() })
    client.pipe(server).pipe(client)
  }).listen(port, at, () => console.log('listening'))`

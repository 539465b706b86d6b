import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectSafely } from 'node:tls'
import type { Secret } from '../../core/secret.ts'
import { type TellShown, tellingShown } from '../../core/shown-certificate.ts'
import { unlessAborted } from '../../core/unless-aborted.ts'
import { wait } from '../../core/wait.ts'

export interface Receiver {
  readonly host: string
  readonly port: number
}

/** What each side of a TLS connection proves itself with, as PEM. */
export interface TlsMaterial {
  /** These authorities alone are trusted; absent: those that Node.js knows. */
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: Secret | undefined
  /** Opens the key. */
  readonly passphrase?: Secret | undefined
  /** Told of the receiver's certificate. */
  readonly onCertificate?: TellShown | undefined
}

/** For so long a receiver that does not want us may say so: it knows only after the handshake, and says it by closing. */
const refusalMs = 500

/**
 * Sends one message in a connection of its own, counted (RFC 6587, RFC 5425), and closes it when the receiver has kept it open for a
 * while; then waits until the receiver has closed it, too. Syslog has no other answer: who reads a connection to its end has the
 * message, and who closes it unasked has refused us, be it that rsyslog saw no certificate that it likes.
 */
export async function sendOverStream(
  receiver: Receiver,
  tls: TlsMaterial | undefined,
  message: Buffer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const socket = tls === undefined ? connect(receiver) : open(receiver, tls)
  const closed = once(socket, 'end', { signal })
  closed.catch(() => undefined)
  socket.on('error', () => undefined)
  try {
    await once(socket, tls === undefined ? 'connect' : 'secureConnect', { signal })
    // Whatever it says is dropped.
    socket.resume()
    socket.write(Buffer.concat([Buffer.from(`${message.length} `), message]))
    const isRefusal = await Promise.race([closed.then(() => true), wait(refusalMs, signal).then(() => false)])
    if (isRefusal) throw new Error('it closed the connection unasked: it wants no message from here')
    socket.end()
    await closed
  } finally {
    socket.destroy()
  }
}

function open(receiver: Receiver, { ca, certificate, key, passphrase, onCertificate }: TlsMaterial): Socket {
  return connectSafely({
    ...receiver,
    ...(isIP(receiver.host) === 0 ? { servername: receiver.host } : {}),
    minVersion: 'TLSv1.2',
    ...tellingShown(onCertificate),
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key: key.reveal() }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
  })
}

/** Sends one datagram (RFC 5426), to the first address of the host that does not refuse it. Nothing says that it arrived. */
export async function sendDatagram(
  { host, port }: Receiver,
  message: Buffer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  const addresses = await unlessAborted(lookup(host, { all: true }), signal)
  const refusals: unknown[] = []
  for (const { address, family } of addresses) {
    try {
      await sendTo(family === 6 ? 'udp6' : 'udp4', address, port, message, signal)
      return
    } catch (error) {
      signal.throwIfAborted()
      refusals.push(error)
    }
  }
  throw new AggregateError(refusals)
}

async function sendTo(
  kind: 'udp4' | 'udp6',
  address: string,
  port: number,
  message: Buffer,
  signal: AbortSignal,
): Promise<void> {
  const socket = createSocket(kind)
  const broken = once(socket, 'close', { signal })
  broken.catch(() => undefined)
  socket.on('error', () => undefined)
  try {
    socket.connect(port, address)
    await once(socket, 'connect', { signal })
    await new Promise<void>((resolve, reject) => {
      socket.send(message, (error) => {
        if (error === null) resolve()
        else reject(error)
      })
    })
    await Promise.race([broken, wait(refusalMs, signal)])
  } finally {
    socket.close()
  }
}

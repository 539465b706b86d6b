import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server on the loopback, and cuts the connection where the test wants it. */
export interface CuttingProxy extends AsyncDisposable {
  readonly port: number
  /** Once so many bytes have gone through in either direction, all connections are cut; later ones are let through. */
  cutAfter(bytes: number): void
  /** All connections are cut; later ones are let through. */
  cutNow(): void
  /** Since it began, in bytes. */
  passed(): number
  cuts(): number
  /** Nothing is handed on any more, and nothing is cut: as on a line that was pulled out. */
  hold(): void
}

export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>()
  let [passed, cuts, isHeld] = [0, 0, false]
  let left = Infinity

  function count(bytes: number): void {
    passed += bytes
    left -= bytes
    if (left > 0) return
    left = Infinity
    cutAll()
  }

  function cutAll(): void {
    cuts++
    for (const socket of open) socket.destroy()
  }

  function join(from: Socket, to: Socket): void {
    open.add(from)
    from.on('error', () => undefined)
    from.on('data', (chunk: Buffer) => {
      if (isHeld) return
      count(chunk.length)
      if (!to.destroyed && !to.write(chunk)) from.pause()
    })
    to.on('drain', () => from.resume())
    from.on('close', () => {
      open.delete(from)
      to.destroy()
    })
  }

  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1')
    join(client, upstream)
    join(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (at === null || typeof at === 'string') throw new Error('no port')
  return {
    port: at.port,
    passed: () => passed,
    cuts: () => cuts,
    cutNow: cutAll,
    cutAfter(bytes) {
      left = bytes
    },
    hold() {
      isHeld = true
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

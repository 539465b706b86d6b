import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

export interface RogueServer extends AsyncDisposable {
  readonly port: number
}

/** A server on the loopback that does with each connection what a test wants of it. */
export async function rogueServer(serve: (socket: Socket) => void): Promise<RogueServer> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    serve(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Says this again and again, as fast as it is read. */
export function sayWithoutEnd(words: string): (socket: Socket) => void {
  const piece = Buffer.from(words.repeat(Math.ceil(65_536 / words.length)))
  return (socket) => {
    const say = (): void => {
      while (!socket.destroyed && socket.write(piece));
    }
    socket.on('drain', say).resume()
    say()
  }
}

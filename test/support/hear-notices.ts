import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook that writes down the numbers of the notices that come, in their order. */
export interface HeardNotices extends Disposable {
  readonly port: number
  readonly heard: readonly number[]
}

export async function hearNotices(): Promise<HeardNotices> {
  const heard: number[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      heard.push((JSON.parse(body) as { readonly id: number }).id)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    [Symbol.dispose]() {
      server.close()
    },
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { bodyOf, type Destination, type ObjectBody, parseObjectName } from '../../ports/destination.ts'
import { s3Destination } from './s3-destination.ts'

const { signal } = new AbortController()
const name = parseObjectName('a/b')
const MiB = 1024 * 1024
const content = Buffer.from('0123456789')

type Store = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** A store that answers as no good one does, or only rarely, and the destination that has to live with it. */
async function withStore(
  store: Store,
  work: (destination: Destination) => Promise<void>,
  but: { readonly stallMs?: number; readonly silent?: boolean; readonly keyless?: boolean } = {},
): Promise<void> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    request.on('end', () => {
      // Looked for by the first put.
      if (request.method === 'GET' && request.url?.includes('?uploads') === true) response.end(noUploads)
      else store(request, response, Buffer.concat(chunks))
    })
  }
  const server = createServer(answer)
  if (but.silent === true) server.on('checkContinue', answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const spec = {
    kind: 's3',
    endpoint: `http://127.0.0.1:${port}`,
    bucket: 'copies',
    prefix: '',
    region: 'here',
    style: 'path',
  } as const
  const destination = s3Destination(spec, {
    credentials: async () => {
      if (but.keyless === true) throw new Error('the registry is closed')
      return { accessKey: 'ACCESS', secret: new Secret('S3cret'), session: new Secret('Lent') }
    },
    clock: { now: () => new Date('2026-03-01T05:00:00Z') },
    wait: () => pause(1),
    random: () => 0,
    stallMs: but.stallMs ?? 5000,
  })
  try {
    await work(destination)
  } finally {
    await destination[Symbol.asyncDispose]()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const noUploads = '<ListMultipartUploadsResult/>'
const refusal = (code: string): string => `<Error><Code>${code}</Code><Message>said so</Message></Error>`

function refuse(response: ServerResponse, status: number, code: string, headers = {}): void {
  response.writeHead(status, headers).end(refusal(code))
}

const read = (destination: Destination, range?: { offset: number; length: number }): Promise<Uint8Array[]> =>
  Array.fromAsync(destination.get(name, range, signal))

describe('a store', () => {
  test('that is overloaded is asked again, with the same body', async () => {
    const bodies: string[] = []
    const store: Store = (_, response, body) => {
      bodies.push(body.toString())
      if (bodies.length < 4) refuse(response, 503, 'SlowDown')
      else response.end()
    }
    await withStore(store, (destination) => destination.put(name, bodyOf(content), signal))

    expect(bodies).toEqual(Array.from({ length: 4 }, () => content.toString()))
  })

  test('that stays overloaded is given up after five times', async () => {
    let asked = 0
    const store: Store = (_, response) => {
      asked++
      refuse(response, 503, 'SlowDown')
    }
    await withStore(store, async (destination) => {
      await expect(destination.put(name, bodyOf(content), signal)).rejects.toMatchObject({
        code: 'DESTINATION_UNREACHABLE',
        message: expect.stringMatching(/overloaded.*5 times/) as unknown,
      })
    })
    expect(asked).toBe(5)
  })

  test('that never says “go on” gets the body all the same', async () => {
    let got = 0
    const store: Store = (_, response, body) => {
      got = body.length
      response.end()
    }
    const put = (destination: Destination): Promise<void> =>
      destination.put(name, bodyOf(new Uint8Array(2 * MiB)), signal)
    await withStore(store, put, { silent: true })

    expect(got).toBe(2 * MiB)
  })

  test('that redirects says where the bucket is', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-west-3' }
    await withStore(
      (_, response) => {
        refuse(response, 301, 'PermanentRedirect', headers)
      },
      async (destination) => {
        await expect(read(destination)).rejects.toMatchObject({
          code: 'DESTINATION_FAILED',
          message: expect.stringContaining('is in the region eu-west-3') as unknown,
        })
      },
    )
  })

  test('that had finished an upload when its answer was lost is believed, by the mark that the object has', async () => {
    for (const [ours, expected] of [
      [true, undefined],
      [false, /forgotten/],
    ] as const) {
      let mark = ''
      const store: Store = (request, response) => {
        if (request.url?.endsWith('?uploads=') === true) {
          mark = String(request.headers['x-amz-meta-redoma-upload'])
          response.end(
            '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
          )
        } else if (request.method === 'PUT') response.setHeader('etag', '"t"').end()
        else if (request.method === 'POST') refuse(response, 404, 'NoSuchUpload')
        else response.setHeader('x-amz-meta-redoma-upload', ours ? mark : 'another').end()
      }
      await withStore(store, async (destination) => {
        const put = destination.put(name, unsized(17), signal)
        if (expected === undefined) await put
        else await expect(put).rejects.toThrow(expected)
      })
    }
  })

  test('that refuses the end of an upload with a status of success is not believed', async () => {
    const store: Store = (request, response) => {
      if (request.url?.endsWith('?uploads=') === true)
        response.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>')
      else if (request.method === 'PUT') response.setHeader('etag', '"t"').end()
      else response.end(refusal('InternalError'))
    }
    await withStore(store, async (destination) => {
      await expect(destination.put(name, unsized(17), signal)).rejects.toMatchObject({
        code: 'DESTINATION_FAILED',
      })
    })
  })

  test.each<[string, Store]>([
    ['ignores the range', (_, response) => response.end(content)],
    [
      'gives another range',
      (_, response) =>
        response.writeHead(206, { 'content-range': 'bytes 0-3/10' }).end(content.subarray(0, 4)),
    ],
    [
      'gives more than it says',
      (_, response) => response.writeHead(206, { 'content-range': 'bytes 2-5/10' }).end(content.subarray(2)),
    ],
  ])('that %s gives no wrong bytes', async (_, store) => {
    await withStore(store, async (destination) => {
      await expect(read(destination, { offset: 2, length: 4 })).rejects.toMatchObject({
        code: 'DESTINATION_FAILED',
      })
    })
  })

  test('that gives a shorter range than was asked for has a shorter object', async () => {
    const store: Store = (_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 2-9/10' }).end(content.subarray(2))
    }
    await withStore(store, async (destination) => {
      await expect(read(destination, { offset: 2, length: 9 })).rejects.toMatchObject({
        code: 'DATA_DAMAGED',
      })
    })
  })

  test('that lists in circles, or answers in HTML, is an error and not an endless loop', async () => {
    const page =
      '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken></ListBucketResult>'
    for (const answer of [page, '<html><body>Welcome!</body></html>']) {
      await withStore(
        (_, response) => response.end(answer),
        async (destination) => {
          const listing = Array.fromAsync(destination.list('', signal))
          await expect(listing).rejects.toMatchObject({ code: 'DESTINATION_FAILED' })
        },
      )
    }
  })

  test('whose listing does not end takes no more memory than eight mebibytes', async () => {
    const store: Store = (_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(MiB, ' ')));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    }
    await withStore(store, async (destination) => {
      const listing = Array.fromAsync(destination.list('', signal))
      await expect(listing).rejects.toMatchObject({ code: 'DESTINATION_FAILED' })
    })
  })

  test('that falls silent in the middle of an object is gone on with, and who reads slowly is not silence', async () => {
    let asked = 0
    const store: Store = (request, response) => {
      const [, from = '0'] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? []
      const rest = content.subarray(Number(from))
      const whole = { etag: '"t"', 'content-length': `${rest.length}` }
      const part = { ...whole, 'content-range': `bytes ${from}-9/10` }
      response.writeHead(request.headers.range === undefined ? 200 : 206, from === '0' ? whole : part)
      if (++asked < 3) response.write(rest.subarray(0, 3))
      else response.end(rest)
    }
    await withStore(
      store,
      async (destination) => {
        const chunks: Uint8Array[] = []
        for await (const chunk of destination.get(name, undefined, signal)) {
          await pause(400)
          chunks.push(chunk)
        }
        expect(Buffer.concat(chunks).toString()).toBe(content.toString())
      },
      { stallMs: 200 },
    )
    expect(asked).toBe(3)
  })

  test('is not blamed for keys that cannot be had', async () => {
    let asked = 0
    const store: Store = (_, response) => {
      asked++
      response.end()
    }
    const put = async (destination: Destination): Promise<void> => {
      await expect(destination.put(name, bodyOf(content), signal)).rejects.toThrow('the registry is closed')
    }
    await withStore(store, put, { keyless: true })

    expect(asked).toBe(0)
  })

  test('is told no secret in a URL, and the token of lent keys in a header', async () => {
    const seen: { url: string; headers: string }[] = []
    const store: Store = (request, response) => {
      seen.push({ url: request.url ?? '', headers: JSON.stringify(request.headers) })
      response.end()
    }
    await withStore(store, (destination) => destination.put(name, bodyOf(content), signal))

    expect(seen).toHaveLength(1)
    expect(seen[0]?.url).toBe('/copies/a/b')
    expect(seen[0]?.headers).toContain('"x-amz-security-token":"Lent"')
    expect(seen[0]?.headers).not.toContain('S3cret')
  })
})

function unsized(mebibytes: number): ObjectBody {
  return {
    async *open() {
      for (let n = 0; n < mebibytes; n++) yield new Uint8Array(MiB)
    },
  }
}

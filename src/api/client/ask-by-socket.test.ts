import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { localTurnstile, turnAway } from '../listening/turn-away.ts'
import { askBySocket } from './ask-by-socket.ts'

describe('a command of which the daemon is asked too much', () => {
  test.each([429, 503])('comes again when it is told to, after %i, and is answered', async (status) => {
    let asked = 0
    await using daemon = await listening((_, response) => {
      asked += 1
      if (asked < 3) response.writeHead(status, { 'retry-after': '0' }).end(problem(status))
      else response.end('{"is":"there"}')
    })

    const answer = await askBySocket(daemon.path, { actor: 'eve' }).json({ method: 'GET', path: '/' })

    expect([answer, asked]).toEqual([{ is: 'there' }, 3])
  })

  test('is let in by a turnstile that it had to wait at', async () => {
    let nowMs = 0
    const answer: RequestListener = (_, response) => response.end('{}')
    const turnstile = localTurnstile(() => nowMs)
    // What may come at once has come.
    while (turnstile.secondsToWait(undefined as never) === 0);
    await using daemon = await listening((request, response) => {
      turnAway(answer, turnstile)(request, response)
      nowMs += 1000
    })

    const answered = askBySocket(daemon.path, { actor: 'eve' }).json({ method: 'GET', path: '/' })

    await expect(answered).resolves.toEqual({})
  })

  test('gives up when that would take too long, and says why', async () => {
    let asked = 0
    await using daemon = await listening((_, response) => {
      asked += 1
      response.writeHead(429, { 'retry-after': '2' }).end(problem(429))
    })
    const ask = askBySocket(daemon.path, { actor: 'eve', patienceMs: 1000 })

    await expect(ask.json({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'TOO_OFTEN' })
    expect(asked).toBe(1)
  })

  test('does not send again what failed for another reason', async () => {
    let asked = 0
    await using daemon = await listening((_, response) => {
      asked += 1
      response.writeHead(503).end(problem(503))
    })

    const asking = askBySocket(daemon.path, { actor: 'eve' }).json({ method: 'GET', path: '/' })

    await expect(asking).rejects.toMatchObject({ code: 'TOO_OFTEN' })
    expect(asked).toBe(1)
  })
})

function problem(status: number): string {
  const code = 'TOO_OFTEN'
  const words = { type: `urn:redoma:problem:${code}`, title: 'x', status, detail: 'too much', code }
  return JSON.stringify({ ...words, requestId: '8f0c8a1e-0000-4000-8000-000000000000' })
}

async function listening(listener: RequestListener): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'socket')
  const server = createServer(listener)
  await once(server.listen(path), 'listening')
  return {
    path,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await folder[Symbol.asyncDispose]()
    },
  }
}

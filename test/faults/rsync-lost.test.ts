import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { type ErrorCode, isRedomaError } from '../../src/core/errors.ts'
import { bodyOf, parseObjectName } from '../../src/ports/destination.ts'
import { type CuttingProxy, startCuttingProxy } from '../support/cutting-proxy.ts'
import { namesAt, putText, type RsyncWorld, rsyncWorld, textAt } from '../support/rsync-world.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { childrenOf, sshServerMissing } from '../support/ssh-server.ts'

const { signal } = new AbortController()
const points = process.env['SLOW'] === undefined ? 7 : 20
const code = (expected: ErrorCode) => (error: unknown) => isRedomaError(error, expected)
const objects = Array.from({ length: 6 }, (_, n) => ({
  name: parseObjectName(`data/${n % 3}/object-${n}`),
  bytes: seededBytes(n, 300_000 + n),
}))

describe.skipIf(sshServerMissing())('a connection that is lost', () => {
  test(`cut at any of ${points} points ends the run in bounded time, shows no half object, and the next run completes`, async () => {
    await using world = await rsyncWorld()
    await using proxy = await startCuttingProxy(world.server.port)
    let all = 0
    await storeAndRead(world, proxy, 'uncut', () => (all = proxy.passed()))

    const outcomes: string[] = []
    for (let point = 1; point <= points; point++) {
      proxy.cutAfter(Math.round((all * point) / (points + 1)))
      outcomes.push(await storeAndRead(world, proxy, `cut-${point}`))
    }

    expect(proxy.cuts()).toBe(points)
    // What was cut while the connection was taken down has done all that it should.
    expect(outcomes.filter((outcome) => outcome === 'DESTINATION_UNREACHABLE').length).toBeGreaterThan(
      0.7 * points,
    )
    expect(outcomes.filter((outcome) => outcome !== 'DESTINATION_UNREACHABLE' && outcome !== 'done')).toEqual(
      [],
    )
  })

  test('a server that was killed is unreachable, and what had waited for it goes when it is back', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach()
    await putText(destination, 'before', 'one')
    await destination.flush(signal)

    await world.server.stop()
    await putText(destination, 'after', 'two')
    await expect(destination.flush(signal)).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
    await expect(textAt(destination, 'before')).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
    expect(await textAt(destination, 'after')).toBe('two')

    await world.server.start()
    await destination.flush(signal)
    expect(await namesAt(destination)).toEqual(['after', 'before'])
  })

  test('a server that answers nothing any more is given up in bounded time, and disposing waits no longer', async () => {
    await using world = await rsyncWorld()
    await using proxy = await startCuttingProxy(world.server.port)
    const destination = await world.reach({ port: proxy.port }, { silenceSeconds: 4 })
    await putText(destination, 'before', 'one')
    await destination.flush(signal)

    proxy.hold()
    await putText(destination, 'after', 'two')
    const begun = performance.now()
    await expect(destination.flush(signal)).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
    const givenUp = performance.now()
    await destination[Symbol.asyncDispose]()

    expect(givenUp - begun).toBeLessThan(30_000)
    expect(performance.now() - givenUp).toBeLessThan(30_000)
    expect(await readdir(world.server.folder)).not.toContain('after')
  })

  test('a server that was stopped in the midst of a transfer is given up, and goes on to be used when it runs again', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach({ uploadLimit: 200 * 1024 }, { silenceSeconds: 4 })
    await putText(destination, 'first', 'x')
    await destination.flush(signal)
    const large = seededBytes(1, 1024 * 1024)
    await destination.put(parseObjectName('large'), bodyOf(large), signal)

    const flushing = destination.flush(signal)
    await until(async () => (await readdir(world.server.folder)).some((name) => name.startsWith('.large.')))
    const stopped = childrenOf(world.server.processId)
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    await expect(flushing).rejects.toSatisfy(code('DESTINATION_UNREACHABLE'))
    for (const pid of stopped) process.kill(pid, 'SIGCONT')

    await using again = await world.reach()
    expect(await namesAt(again)).toEqual(['first'])
    await again.put(parseObjectName('large'), bodyOf(large), signal)
    await again.flush(signal)
    expect(sameBytes(large, await readFile(join(world.server.folder, 'large')))).toBe(true)
  })

  test('who gives up waits no longer, and the destination can still be used', async () => {
    await using world = await rsyncWorld()
    await using destination = await world.reach({ downloadLimit: 100 * 1024 })
    await destination.put(parseObjectName('large'), bodyOf(seededBytes(1, 3 * 1024 * 1024)), signal)
    await putText(destination, 'small', 'x')
    await destination.flush(signal)
    const stop = new AbortController()

    const reading = collectBytes(destination.get(parseObjectName('large'), undefined, stop.signal), 1e9)
    reading.catch(() => undefined)
    await until(async () => (await spooled(world)).some((path) => path.includes('.large.')))
    stop.abort()
    const begun = performance.now()
    await expect(reading).rejects.toThrow()

    expect(await textAt(destination, 'small')).toBe('x')
    // All of it would have taken half a minute.
    expect(performance.now() - begun).toBeLessThan(15_000)
  })
})

/** Stores all objects in a folder of its own, and reads them back; whatever happened, a second attempt has to succeed. */
async function storeAndRead(
  world: RsyncWorld,
  proxy: CuttingProxy,
  folder: string,
  onFirst: () => void = () => undefined,
): Promise<string> {
  await using destination = await world.reach({ port: proxy.port, folder }, { silenceSeconds: 8 })
  const store = async (): Promise<void> => {
    for (const { name, bytes } of objects) await destination.put(name, bodyOf(bytes), signal)
    await destination.flush(signal)
  }
  const attempt = async (): Promise<void> => {
    await store()
    expect(await namesAt(destination)).toEqual(objects.map(({ name }) => name as string).toSorted())
    await Promise.all(
      objects.map(async ({ name, bytes }) => {
        const read = await collectBytes(destination.get(name, undefined, signal), 1024 ** 2)
        expect(sameBytes(bytes, read)).toBe(true)
      }),
    )
  }
  const begun = performance.now()
  const outcome = await attempt().then(
    () => 'done',
    (error: unknown) => {
      if (isRedomaError(error)) return error.code
      throw error
    },
  )
  onFirst()
  expect(performance.now() - begun).toBeLessThan(60_000)
  await expectWholeObjects(join(world.server.folder, folder))
  await store()
  expect(await expectWholeObjects(join(world.server.folder, folder))).toBe(objects.length)
  return outcome
}

/** Under an object's own name lies all of it, or nothing. @returns how many there are */
async function expectWholeObjects(at: string): Promise<number> {
  await mkdir(at, { recursive: true })
  const files = await readdir(at, { recursive: true, withFileTypes: true })
  const found = files.filter((entry) => entry.isFile() && entry.name.startsWith('object-'))
  for (const file of found) {
    const object = objects.find(({ name }) => name.endsWith(file.name))
    expect(
      sameBytes(object?.bytes ?? new Uint8Array(0), await readFile(join(file.parentPath, file.name))),
    ).toBe(true)
  }
  return found.length
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

function spooled(world: RsyncWorld): Promise<string[]> {
  // Folders come and go meanwhile.
  return readdir(join(world.root, 'spool'), { recursive: true }).catch(() => [])
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { collectBytes } from '../../src/core/bytes.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import {
  type InChildOptions,
  inChildDestination,
} from '../../src/destinations/in-child/in-child-destination.ts'
import { bodyOf, type ObjectBody, parseObjectName } from '../../src/ports/destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { theWorkerOn, untilNobodyWorksOn, workersOn } from '../support/workers-on.ts'

const mebibyte = 1024 * 1024
const { signal } = new AbortController()
const name = parseObjectName('data/aa/object')
/** Long beside a call to a file system that answers, also on a machine with much else to do. */
const patienceMs = 3000

function open(path: string, more: Partial<InChildOptions> = {}): ReturnType<typeof inChildDestination> {
  return inChildDestination({
    expected: { path },
    node: thisNode(ownEnvironment),
    clock: handTurnedClock(),
    patienceMs,
    ...more,
  })
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wait(10)
}

function unreachable(words: RegExp): (error: unknown) => boolean {
  return (error) => isRedomaError(error, 'DESTINATION_UNREACHABLE') && words.test(error.message)
}

/** A body that stops halfway, and tells when it got there. */
function halting(): {
  readonly body: ObjectBody
  readonly halfway: Promise<undefined>
  readonly goOn: () => void
} {
  const halfway = Promise.withResolvers<undefined>()
  const more = Promise.withResolvers<undefined>()
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield randomBytes(mebibyte)
    yield randomBytes(mebibyte)
    halfway.resolve(undefined)
    await more.promise
    yield randomBytes(mebibyte)
  }
  return {
    body: { open },
    halfway: halfway.promise,
    goOn: () => {
      more.resolve(undefined)
    },
  }
}

describe('a destination in a child process', () => {
  test('comes back from every call when the process does not run any more, and a new one goes on', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path)
    await destination.put(name, bodyOf(randomBytes(1000)), signal)
    const pid = await theWorkerOn(folder.path)

    process.kill(pid, 'SIGSTOP')
    const calls = [
      destination.put(parseObjectName('data/ab/other'), bodyOf(randomBytes(9 * mebibyte)), signal),
      collectBytes(destination.get(name, undefined, signal), 1000),
      destination.readInto(name, 0, new Uint8Array(10), signal),
      Array.fromAsync(destination.list('', signal)),
      destination.remove(name, signal),
      destination.flush(signal),
      destination.space(signal),
    ]
    for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
      expect(status).toBe('rejected')
      expect(reason).toSatisfy(unreachable(/has not run for 3 s/))
    }

    const bytes = await collectBytes(destination.get(name, undefined, signal), 1000)
    expect(bytes).toHaveLength(1000)
    expect(await theWorkerOn(folder.path)).not.toBe(pid)
  })

  test('whose process is killed in the middle of a put fails it, leaves nothing, and goes on', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path)
    const { body, halfway, goOn } = halting()
    const put = destination.put(name, body, signal)
    await halfway

    process.kill(await theWorkerOn(folder.path), 'SIGKILL')
    await expect(put).rejects.toSatisfy(unreachable(/was ended by SIGKILL/))
    goOn()

    expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
    await destination.put(name, bodyOf(Buffer.from('whole')), signal)
    expect(await readFile(join(folder.path, name), 'utf8')).toBe('whole')
  })

  test('makes durable what a process that died had put', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path)
    await destination.put(name, bodyOf(Buffer.from('object')), signal)
    process.kill(await theWorkerOn(folder.path), 'SIGKILL')
    await until(() =>
      destination.space(signal).then(
        () => true,
        () => false,
      ),
    )
    // What cannot be synced any more shows that it would have been.
    await rename(join(folder.path, 'data'), join(folder.path, 'aside'))
    await mkdir(join(folder.path, 'elsewhere'))
    await symlink('elsewhere', join(folder.path, 'data'))

    await expect(destination.flush(signal)).rejects.toSatisfy((error) => isRedomaError(error, 'PATH_UNSAFE'))
    await rm(join(folder.path, 'data'))
    await rename(join(folder.path, 'aside'), join(folder.path, 'data'))
    await destination.flush(signal)
  })

  test('that is stopped in the middle of a put leaves nothing, not even a temporary file', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path)
    const { body, halfway, goOn } = halting()
    const stop = new AbortController()
    const put = destination.put(name, body, stop.signal)
    await halfway

    stop.abort(new Error('enough'))
    await expect(put).rejects.toThrow('enough')
    goOn()

    expect(await readdir(join(folder.path, 'data/aa'))).toEqual([])
  })

  test('does not count the time in which it waits for a body', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path)
    await destination.flush(signal)
    const { body, halfway, goOn } = halting()
    const put = destination.put(name, body, signal)
    await halfway
    await wait(patienceMs + 500)
    goOn()
    await put

    expect((await Array.fromAsync(destination.list('', signal))).map(({ size }) => size)).toEqual([
      3 * mebibyte,
    ])
  })

  test('starts no more processes while too many hang', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path, { mostGivenUp: 0 })

    await expect(destination.flush(signal)).rejects.toSatisfy(unreachable(/another one is not risked/))
    expect(await workersOn(folder.path)).toEqual([])
  })

  test('refuses a folder that was exchanged, and takes the one that is there the next time', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'root')
    await mkdir(path)
    await using destination = open(path)
    await destination.put(name, bodyOf(Buffer.from('object')), signal)
    await rename(path, join(folder.path, 'aside'))
    await mkdir(path)

    await expect(destination.put(name, bodyOf(Buffer.from('new')), signal)).rejects.toSatisfy(
      unreachable(/is another folder than a moment ago/),
    )
    await destination.put(name, bodyOf(Buffer.from('new')), signal)
    expect(await readFile(join(path, name), 'utf8')).toBe('new')
    expect(await readFile(join(folder.path, 'aside', name), 'utf8')).toBe('object')
  })

  test('refuses a folder that is not there, or on which nothing is mounted, and writes nothing', async () => {
    await using folder = await temporaryFolder()
    await using missing = open(join(folder.path, 'missing'))
    await using bare = open(folder.path, { expected: { path: folder.path, mountPoint: folder.path } })
    const body = bodyOf(Buffer.from('object'))

    await expect(missing.put(name, body, signal)).rejects.toSatisfy(unreachable(/missing is not there/))
    await expect(bare.put(name, body, signal)).rejects.toSatisfy(unreachable(/nothing is mounted at/))
    expect(await readdir(folder.path)).toEqual([])
  })

  test('is given nothing of our environment, and ends when it is closed', async () => {
    await using folder = await temporaryFolder()
    const destination = open(folder.path, { node: thisNode({ REDOMA_GIVEN: 'yes' }) })
    await destination.flush(signal)
    const pid = await theWorkerOn(folder.path)

    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
    expect(environment.toSorted()).toEqual(['REDOMA_GIVEN=yes', 'UV_THREADPOOL_SIZE=8'])
    await destination[Symbol.asyncDispose]()
    expect(await workersOn(folder.path)).toEqual([])
    await expect(destination.flush(signal)).rejects.toSatisfy(unreachable(/was closed/))
  })

  test('ends with the process that uses it, also one that is killed in the middle of a put', async () => {
    await using folder = await temporaryFolder()
    const program = fileURLToPath(new URL('../support/put-in-child-forever.ts', import.meta.url))
    const user = spawn(process.execPath, [program, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(user.stdout, 'data')
    expect(await workersOn(folder.path)).toHaveLength(1)

    user.kill('SIGKILL')
    await untilNobodyWorksOn(folder.path)
  })

  test('says what its process said last, and that one talks nonsense, or cannot be started', async () => {
    await using folder = await temporaryFolder()
    const shell = (script: string): Partial<InChildOptions> => ({
      node: { path: '/bin/sh', flags: ['-c', script], environment: {} },
    })
    await using dying = open(folder.path, shell('echo out of breath >&2; exit 3'))
    await using babbling = open(folder.path, shell("printf 'nonsense, and more of it' >&3; exec sleep 60"))
    await using missing = open(folder.path, { node: { path: '/none', flags: [], environment: {} } })

    await expect(dying.flush(signal)).rejects.toSatisfy(unreachable(/ended with code 3: out of breath$/))
    await expect(babbling.flush(signal)).rejects.toSatisfy(
      (error) => isRedomaError(error, 'DESTINATION_FAILED') && error.message.includes('cannot be understood'),
    )
    await expect(missing.flush(signal)).rejects.toSatisfy(unreachable(/could not be started/))
  })

  test('puts and gives back a thousand small objects', async () => {
    await using folder = await temporaryFolder()
    await using destination = open(folder.path)
    const numbers = Array.from({ length: 1000 }, (_, index) => index)
    await Promise.all(
      numbers.map((n) =>
        destination.put(parseObjectName(`many/${n % 7}/${n}`), bodyOf(Buffer.from(`${n}`)), signal),
      ),
    )

    const listed = await Array.fromAsync(destination.list('many/', signal), (info) => info.name)
    expect(new Set(listed).size).toBe(1000)
    for (const n of [0, 499, 999]) {
      const bytes = await collectBytes(
        destination.get(parseObjectName(`many/${n % 7}/${n}`), undefined, signal),
        9,
      )
      expect(Buffer.from(bytes).toString()).toBe(`${n}`)
    }
  })
})

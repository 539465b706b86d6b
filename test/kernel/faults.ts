import { randomBytes } from 'node:crypto'
import { open, readdir } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { destinationPromises } from '../../src/app/destination-promises.ts'
import { collectBytes } from '../../src/core/bytes.ts'
import { isRedomaError } from '../../src/core/errors.ts'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import { inChildDestination } from '../../src/destinations/in-child/in-child-destination.ts'
import type { MountedPlace } from '../../src/destinations/mounts/mount-place.ts'
import { bodyOf, type Destination, type ObjectBody, parseObjectName } from '../../src/ports/destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { succeeds, until } from '../support/kernel-mounts/commands.ts'
import type { DiskOfServer } from '../support/kernel-mounts/disk-of-server.ts'
import { mounted } from '../support/kernel-mounts/mounting.ts'
import { ownEnvironment } from '../support/own-environment.ts'

const { signal } = new AbortController()
/** Of a call, and of the start of the process that makes it, which in a kernel in a kernel takes long when others have the processors. */
const patienceMs = 30_000
/** Of a few calls that are given up one after the other. */
const longestMs = 240_000
const mebibyte = 1024 * 1024
const bytes = randomBytes(3 * mebibyte)
/** What was put before anything went wrong. */
const kept = parseObjectName('data/kept')
const hit = parseObjectName('data/hit')

/** A server with what can happen to it. */
export interface Patient extends AsyncDisposable {
  readonly disk: DiskOfServer
  kill(): Promise<void>
  start(): Promise<void>
  freeze(): Promise<void>
  thaw(): Promise<void>
  withdraw(): Promise<void>
  offer(): Promise<void>
  /** Its connections are lost; new ones can be made. */
  cut(): Promise<void>
  /** This machine, or its user, may not write any more. */
  bar(): Promise<void>
  admit(): Promise<void>
  /** @param patienceSeconds for a server that does not answer */
  mount(patienceSeconds?: number): Promise<MountedPlace>
}

/** What must be true of a destination on a share, whatever befalls its server. */
export function testFaults(kind: string, start: () => Promise<Patient>): void {
  describe(`files on ${kind}, by way of a child process,`, () => {
    let server: Patient
    let place: MountedPlace
    let destination: Destination & AsyncDisposable
    beforeAll(async () => {
      server = await start()
      place = await mounted(() => server.mount(15))
    })
    afterAll(async () => {
      await place[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    })
    beforeEach(async () => {
      destination = inChildDestination({
        ...{
          expected: place,
          node: thisNode(ownEnvironment),
          clock: handTurnedClock(),
          patienceMs,
          mostGivenUp: 20,
        },
      })
      // On a machine that has much else to do a share may take longer for it than its patience.
      const put = async (): Promise<void> => {
        await destination.put(kept, bodyOf(bytes), signal)
        await destination.flush(signal)
      }
      await until('what was there before is there', () => succeeds(put))
    })
    afterEach(async () => {
      await destination[Symbol.asyncDispose]()
    })

    test('keep the promises that any share is held to', async () => {
      for (const { hold } of destinationPromises)
        await hold({ destination, prefix: 'redoma-test-0/', signal })
    })

    test('say that the disk is full, and go on when it is not', async () => {
      await server.disk.fill()

      expect(await codeOf(putHit())).toBe('DESTINATION_FULL')

      await server.disk.drain()
      await expectRecovered()
    })

    test('say that nothing can be written', async () => {
      await server.disk.makeReadOnly()

      expect(await codeOf(putHit())).toBe('DESTINATION_READ_ONLY')

      await server.disk.makeWritable()
      await expectRecovered()
    })

    test('are out of reach when the server is killed in the middle of an object, and in reach when it is back', async () => {
      const started = performance.now()

      expect(await codeOf(putHit(() => server.kill()))).toBe('DESTINATION_UNREACHABLE')
      expect(await codeOf(readKept())).toBe('DESTINATION_UNREACHABLE')

      expect(performance.now() - started).toBeLessThan(longestMs)
      await server.start()
      await expectRecovered()
    })

    test('are out of reach while the server hangs, and in reach when it goes on', async () => {
      const started = performance.now()

      expect(await codeOf(putHit(() => server.freeze()))).toBe('DESTINATION_UNREACHABLE')

      expect(performance.now() - started).toBeLessThan(longestMs)
      await server.thaw()
      await expectRecovered()
    })

    test('are out of reach, or forbidden, and never absent, while the share is taken away', async () => {
      const doomed = parseObjectName('data/doomed')
      await destination.put(doomed, bodyOf(bytes), signal)
      const told = new Set<string>()
      // The kernel may have been told a moment ago what it would have to ask now.
      const isNoticed = async (): Promise<boolean> => {
        const codes = await Promise.all([codeOf(readKept()), codeOf(listKept()), codeOf(putHit())])
        for (const code of codes) told.add(code)
        return !codes.includes('no error')
      }
      await server.withdraw()

      const removed = await codeOf(destination.remove(doomed, signal))
      await until('it is noticed', isNoticed)

      expect((await readdir(`${server.disk.path}/data`)).includes('doomed')).toBe(removed !== 'no error')
      expect([...told].filter((code) => !/^no error$|UNREACHABLE|FORBIDDEN/.test(code))).toEqual([])
      await server.offer()
      await until('it is removed', () => succeeds(() => destination.remove(doomed, signal)))
      await destination.remove(hit, signal)
      await expectRecovered()
    })

    /** Puts 8 MiB; something happens in the middle. */
    async function putHit(happens = async (): Promise<void> => undefined): Promise<void> {
      const body: ObjectBody = {
        async *open() {
          yield randomBytes(4 * mebibyte)
          await happens()
          yield randomBytes(4 * mebibyte)
        },
      }
      await destination.put(hit, body, signal)
    }

    async function readKept(): Promise<Uint8Array> {
      return await collectBytes(destination.get(kept, undefined, signal), bytes.length)
    }

    async function listKept(): Promise<void> {
      const listed = await Array.fromAsync(destination.list('data/', signal), ({ name }) => name)
      expect(listed).toContain(kept)
    }

    /** What was put is whole, what was not is not there, and it can be put now. */
    async function expectRecovered(): Promise<void> {
      const works = () => succeeds(readKept)
      await until('it can be reached again', works)
      expect(Buffer.compare(await readKept(), bytes)).toBe(0)
      const listed = await Array.fromAsync(destination.list('data/', signal), ({ name }) => name)
      expect(listed).toEqual([kept])
      const whole = { size: bytes.length, ...bodyOf(bytes) }
      await until('it can be written to', () => succeeds(() => destination.put(hit, whole, signal)))
      await destination.flush(signal)
      await using file = await open(`${server.disk.path}/${hit}`)
      expect(Buffer.compare(await file.readFile(), bytes)).toBe(0)
      await destination.remove(hit, signal)
      expect(await readdir(server.disk.path)).toContain('data')
    }
  })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no error'
  } catch (error) {
    return isRedomaError(error) ? error.code : String(error)
  }
}

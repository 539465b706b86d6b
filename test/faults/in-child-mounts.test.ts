import { open as openFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isRedomaError } from '../../src/core/errors.ts'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import {
  type InChildOptions,
  inChildDestination,
} from '../../src/destinations/in-child/in-child-destination.ts'
import { bodyOf, parseObjectName } from '../../src/ports/destination.ts'
import { blockDisk, loopRefused } from '../support/block-disk.ts'
import { handTurnedClock } from '../support/clock.ts'
import { memoryDisk } from '../support/memory-disk.ts'
import { callMount, mountRefused } from '../support/mounting.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { children, untilNoChildIsLeft } from '../support/workers-on.ts'

const { signal } = new AbortController()
const name = parseObjectName('data/object')
const body = bodyOf(Buffer.from('object'))

function open(
  expected: InChildOptions['expected'],
  more: Partial<InChildOptions> = {},
): ReturnType<typeof inChildDestination> {
  return inChildDestination({ expected, node: thisNode(ownEnvironment), clock: handTurnedClock(), ...more })
}

function unreachable(words: RegExp): (error: unknown) => boolean {
  return (error) => isRedomaError(error, 'DESTINATION_UNREACHABLE') && words.test(error.message)
}

describe.skipIf(loopRefused())('a file system that hangs in the kernel, where nothing can be killed', () => {
  test('hangs nobody: calls fail in time, so does the end, and when it is back all goes on', async () => {
    await using disk = await blockDisk(32)
    const { path } = disk
    const patience = { patienceMs: 2000, mostGivenUp: 2 }
    {
      await using destination = open({ path, mountPoint: path }, patience)
      await destination.put(name, body, signal)
      callMount('fsfreeze', '--freeze', path)
      try {
        const put = (): Promise<void> => destination.put(parseObjectName('other'), body, signal)
        await expect(put()).rejects.toSatisfy(unreachable(/has not answered for 2 s \(writing other\)/))
        await expect(destination.remove(name, signal)).rejects.toSatisfy(
          unreachable(/\(removing data\/object\)/),
        )
        await expect(put()).rejects.toSatisfy(unreachable(/2 processes hang in calls on/))
        expect(await children()).toHaveLength(2)
      } finally {
        callMount('fsfreeze', '--unfreeze', path)
      }
      await untilNoChildIsLeft()

      await destination.put(name, bodyOf(Buffer.from('anew')), signal)
      await destination.flush(signal)
      expect(await readFile(join(path, name), 'utf8')).toBe('anew')

      callMount('fsfreeze', '--freeze', path)
      try {
        await expect(destination.put(name, body, signal)).rejects.toSatisfy(unreachable(/has not answered/))
        await destination[Symbol.asyncDispose]()
      } finally {
        callMount('fsfreeze', '--unfreeze', path)
      }
    }
    await untilNoChildIsLeft()
  })
})

describe.skipIf(mountRefused())('a destination on which something must be mounted', () => {
  test('is not unmounted while it is used, and is let go when it is closed', async () => {
    await using disk = await memoryDisk(16)
    const { path } = disk
    {
      await using destination = open({ path, mountPoint: path })
      await destination.put(name, body, signal)
      expect(() => callMount('umount', path)).toThrow(/busy/)
    }
    callMount('umount', path)
    callMount('mount', '-t', 'tmpfs', 'tmpfs', path)
  })

  test('is never written to while nothing, or something else, is mounted there', async () => {
    await using disk = await memoryDisk(16)
    const { path } = disk
    const device = callMount('findmnt', '-no', 'MAJ:MIN', path).trim()
    // While somebody has it open, its number is not given to another one.
    await using held = await openFile(path, 'r')
    await using destination = open({ path, mountPoint: path, device })
    await destination.put(name, body, signal)

    callMount('umount', '--lazy', path)
    await expect(destination.put(name, body, signal)).rejects.toSatisfy(
      unreachable(/what was mounted at .* is not mounted there any more/),
    )
    await expect(destination.put(name, body, signal)).rejects.toSatisfy(unreachable(/nothing is mounted at/))
    expect(await readdir(path)).toEqual([])

    await using another = await memoryDisk(16, path)
    await expect(destination.put(name, body, signal)).rejects.toSatisfy(
      unreachable(/is not mounted there any more/),
    )
    expect(await readdir(another.path)).toEqual([])
    expect(held.fd).toBeGreaterThan(0)
    callMount('mount', '-t', 'tmpfs', 'tmpfs', path)
  })

  test('may be a folder of what is mounted, whose name holds blanks and letters of any language', async () => {
    await using disk = await memoryDisk(16)
    const mountPoint = join(disk.path, 'Sicherung Köln\\1')
    await using inner = await memoryDisk(16, mountPoint)
    callMount('mkdir', join(inner.path, 'copies'))
    await using destination = open({ path: join(mountPoint, 'copies'), mountPoint })

    await destination.put(name, body, signal)
    expect(await readFile(join(mountPoint, 'copies', name), 'utf8')).toBe('object')
  })
})

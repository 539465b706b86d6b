import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listenForDatagrams } from '../../test/support/datagram-listener.ts'
import { programMissing } from '../../test/support/programs.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { loadDatagrams } from '../crypto/native.ts'
import { notifySystemd } from './notify-systemd.ts'
import { readSettings } from './settings.ts'

const root = { name: 'root', isRoot: true, homeFolder: '/root' }
const nobodyHears = { notifyAddress: undefined, watchdogMs: undefined }

describe.skipIf(programMissing('python3'))('what systemd is told', () => {
  test.each(['path', 'abstract'])(
    'comes from the service itself, at a socket with a %s name',
    async (kind) => {
      await using folder = await temporaryFolder()
      const name = kind === 'path' ? join(folder.path, 'notify') : `@redoma-test-${randomUUID()}`
      await using listener = await listenForDatagrams(name, 'hear')
      const notify = notifyAt(name)

      notify.ready()
      notify.status('a backup\nruns')
      notify.alive()
      notify.stopping()
      notify.stopping(600_000)

      const waits = 'STOPPING=1\nEXTEND_TIMEOUT_USEC=900000000'
      for (const text of ['READY=1', 'STATUS=a backup runs', 'WATCHDOG=1', 'STOPPING=1', waits])
        expect(await listener.next()).toEqual({ from: process.pid, text })
    },
  )

  test('takes no longer than was said when nobody takes it', async () => {
    await using deaf = await listenForDatagrams(`@redoma-test-${randomUUID()}`, 'take-nothing')
    const send = loadDatagrams(20)
    const { notifyAddress } = settingsOf(deaf.name)

    // The kernel's queue for datagrams has room for some (net.unix.max_dgram_qlen).
    const fill = (): void => {
      for (let count = 0; count < 100_000; count++) send?.(notifyAddress ?? Buffer.of(), Buffer.from('x'))
    }

    expect(fill).toThrow(expect.objectContaining({ code: 'EAGAIN' }))
  })
})

test('a service that systemd cannot hear does not go on as if it were up', () => {
  const notify = notifyAt('/nowhere/notify')

  expect(() => {
    notify.ready()
  }).toThrow(expect.objectContaining({ code: 'PROGRAM_FAILED' }))
  // Of these nothing depends.
  notify.alive()
  notify.status('x')
  notify.stopping()
})

test('a name too long for a socket is refused before the kernel sees a part of it', () => {
  const send = loadDatagrams()
  const address = Buffer.alloc(109, 'x')

  expect(() => send?.(address, Buffer.from('READY=1'))).toThrow(
    expect.objectContaining({ code: 'ENAMETOOLONG' }),
  )
  expect(() => send?.(address.subarray(0, 108), Buffer.from('READY=1'))).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  )
})

test('without systemd nothing is told, whether or not there were a way', () => {
  const notify = notifySystemd(nobodyHears, undefined)

  notify.ready()
  notify.stopping()
  expect(notify.aliveEveryMs).toBeUndefined()
})

test('signs of life are due twice in the time that systemd gives', () => {
  expect(notifySystemd({ ...nobodyHears, watchdogMs: 30_000 }, undefined).aliveEveryMs).toBe(15_000)
})

function notifyAt(name: string) {
  return notifySystemd(settingsOf(name), loadDatagrams())
}

function settingsOf(name: string) {
  return readSettings({ NOTIFY_SOCKET: name }, root).systemd
}

import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { testDestination } from '../conformance/destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { call } from '../support/kernel-mounts/commands.ts'
import { startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { startSmbServer } from '../support/kernel-mounts/smb-server.ts'

const stack = new AsyncDisposableStack()
let points = { cifs: '', nfs: '' }

beforeAll(async () => {
  const smb = stack.use(await startSmbServer())
  const nfs = stack.use(await startNfsServer())
  points = { cifs: await mkdtemp('/mnt/cifs-'), nfs: await mkdtemp('/mnt/nfs-') }
  await writeFile('/dev/shm/c', `username=root\npassword=${smb.password}\n`)
  await call(
    'mount.cifs',
    '//127.0.0.1/backup',
    points.cifs,
    '-o',
    'credentials=/dev/shm/c,vers=3.1.1,seal,soft,iocharset=utf8',
  )
  await call('mount.nfs', `${nfs.host}:/`, points.nfs, '-o', 'vers=4.2,soft')
})
afterAll(() => stack[Symbol.asyncDispose]())

for (const kind of ['cifs', 'nfs'] as const) {
  const make = async () => localDestination(await mkdtemp(join(points[kind], 'd-')), handTurnedClock())
  testDestination(kind, make, { capitalsDiffer: kind === 'nfs' })
}

import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { testDestination } from '../conformance/destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { cifsSpec, mounted, mountingAs, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { startSmbServer } from '../support/kernel-mounts/smb-server.ts'

const stack = new AsyncDisposableStack()
const paths = { cifs: '', nfs: '' }

beforeAll(async () => {
  const smb = stack.use(await startSmbServer())
  stack.use(await startNfsServer())
  paths.cifs = stack.use(await mounted(() => mountPlace(cifsSpec, mountingAs('root', smb.password)))).path
  paths.nfs = stack.use(await mounted(() => mountPlace(nfsSpec, mountingAs('', '')))).path
})
afterAll(() => stack[Symbol.asyncDispose]())

for (const kind of ['cifs', 'nfs'] as const) {
  const make = async () => localDestination(await mkdtemp(join(paths[kind], 'd-')), handTurnedClock())
  testDestination(kind, make, { capitalsDiffer: kind === 'nfs' })
}

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { destinationPromises } from '../../src/app/destination-promises.ts'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import { inChildDestination } from '../../src/destinations/in-child/in-child-destination.ts'
import { type MountedPlace, mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { findMount } from '../../src/destinations/mounts/mount-table.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { initRepository } from '../../src/repository/open.ts'
import { mounted, mountingAs, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { expectResticContent } from '../support/protected-tree.ts'
import { aBackup, placeOf, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const clock = { now: () => new Date() }
const stack = new AsyncDisposableStack()
let server: Awaited<ReturnType<typeof startNfsServer>>
let place: MountedPlace
let destination: Destination

beforeAll(async () => {
  server = stack.use(await startNfsServer(128, '3'))
  const spec = { ...nfsSpec, version: '3' as const, export: server.version3Export }
  place = stack.use(await mounted(() => mountPlace(spec, mountingAs('', '', 6))))
  destination = stack.use(inChildDestination({ expected: place, node: thisNode(ownEnvironment), clock }))
})
afterAll(() => stack[Symbol.asyncDispose]())

test('an export is mounted by NFS 3, without the daemons that lock files, and keeps the promises that any share is held to', async () => {
  const { options, type } = await findMount(place.path)
  expect(type).toBe('nfs')
  for (const option of ['nosuid', 'nodev', 'noexec', 'vers=3', 'softerr', 'nolock'])
    expect(options).toContain(option)
  for (const { hold } of destinationPromises) await hold({ destination, prefix: 'redoma-test-0/', signal })
})

test('a backup to it is whole for stock restic, and a server that is gone is told as that', async () => {
  await using source = await temporaryFolder()
  await writeFile(join(source.path, 'file'), seededBytes(1, 3_000_000))
  {
    using repository = await initRepository({ ...placeOf(destination), prefix: 'system/' }, signal)
    await backUp(repository, aBackup([source.path]), () => undefined, signal)
  }
  await expectResticContent(join(server.disk.path, 'system'), testPassword)

  await server.stop()
  await expect(Array.fromAsync(destination.list('system/data/', signal))).rejects.toMatchObject({
    code: 'DESTINATION_UNREACHABLE',
  })
  await server.start()
})

import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thisNode } from '../../src/destinations/in-child/child.ts'
import { inChildDestination } from '../../src/destinations/in-child/in-child-destination.ts'
import { type MountedPlace, mountPlace } from '../../src/destinations/mounts/mount-place.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { openRepository } from '../../src/repository/open.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { call } from '../support/kernel-mounts/commands.ts'
import { type DiskOfServer, quotaUser } from '../support/kernel-mounts/disk-of-server.ts'
import { cifsSpec, mounted, mountingAs, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { startSmbServer } from '../support/kernel-mounts/smb-server.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { expectResticContent } from '../support/protected-tree.ts'
import { aBackup, placeOf, testPassword } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const { signal } = new AbortController()
const clock = { now: () => new Date() }
const mebibyte = 1024 * 1024
const diskMebibytes = 64
const quotaMebibytes = 8

interface Served extends AsyncDisposable {
  readonly disk: DiskOfServer
  mount(): Promise<MountedPlace>
}

const servers = {
  async CIFS(): Promise<Served> {
    const server = await startSmbServer(diskMebibytes, quotaMebibytes)
    return {
      ...server,
      mount: () => mounted(() => mountPlace(cifsSpec, mountingAs(server.user, server.password))),
    }
  },
  async NFS(): Promise<Served> {
    const server = await startNfsServer(diskMebibytes, '4', quotaMebibytes)
    return { ...server, mount: () => mounted(() => mountPlace(nfsSpec, mountingAs('', ''))) }
  },
}

test.each([
  // Samba has no other word for it than that the disk is full.
  ['CIFS', /ENOSPC|EDQUOT/],
  ['NFS', /EDQUOT/],
] as const)(
  'a run that a quota of %s ends says so, leaves nothing half-written, and goes on from there when there is more',
  async (kind, word) => {
    await using server = await servers[kind]()
    await using place = await server.mount()
    await using destination = inChildDestination({ expected: place, node: thisNode(ownEnvironment), clock })
    await using source = await temporaryFolder()
    for (let n = 0; n < 3; n++) await writeFile(join(source.path, `${n}`), seededBytes(n, 6 * mebibyte))
    const repositoryPlace = { ...placeOf(destination), prefix: 'system/' }
    await initCheaply(repositoryPlace)
    const run = async (): Promise<unknown> => {
      using repository = await openRepository(repositoryPlace, signal)
      return await backUp(repository, aBackup([source.path]), () => undefined, signal)
    }

    await expect(run()).rejects.toMatchObject({
      code: 'DESTINATION_FULL',
      message: expect.stringMatching(word) as string,
      hint: expect.stringContaining('quota') as string,
    })
    const left = await readdir(server.disk.path, { recursive: true })
    expect(left.filter((name) => name.includes('.tmp-'))).toEqual([])

    await call('setquota', '-u', `${quotaUser.id}`, '0', '0', '0', '0', server.disk.path)
    await run()
    await expectResticContent(join(server.disk.path, 'system'), testPassword)
  },
)

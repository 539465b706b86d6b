import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '../../src/core/secret.ts'
import { localDestination } from '../../src/destinations/local/local-destination.ts'
import { openWays, type Ways } from '../../src/main/ways.ts'
import type { Destination } from '../../src/ports/destination.ts'
import { backUp } from '../../src/repository/archiving/back-up.ts'
import { openRepository } from '../../src/repository/open.ts'
import { initCheaply } from '../support/handmade-repository.ts'
import { call } from '../support/kernel-mounts/commands.ts'
import { cifsSpec, mountsUnder, nfsSpec } from '../support/kernel-mounts/mounting.ts'
import { type NfsServer, startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { type SmbServer, startSmbServer } from '../support/kernel-mounts/smb-server.ts'
import { ownEnvironment } from '../support/own-environment.ts'
import { aBackup, placeOf } from '../support/repositories.ts'
import { seededBytes } from '../support/seeded-bytes.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { watched } from '../support/watched.ts'
import { expectRestorable, expectWhole } from './expect-whole.ts'

/** A moment of a run: when its first packs are put. */
const amongPacks = 11
const { signal } = new AbortController()
const clock = { now: () => new Date() }
const stack = new AsyncDisposableStack()
const credential = {
  ...{
    id: '1',
    title: 'Share',
    kind: 'password' as const,
    tags: [],
    fields: [],
    attachments: [],
    history: [],
  },
  user: 'root',
}
let smb: SmbServer
let nfs: NfsServer
let source: string

beforeAll(async () => {
  smb = stack.use(await startSmbServer())
  nfs = stack.use(await startNfsServer())
  source = stack.use(await temporaryFolder()).path
  await writeFile(join(source, 'file'), seededBytes(1, 300_000))
})
afterAll(() => stack[Symbol.asyncDispose]())

test.each(['cifs', 'nfs'] as const)(
  'a run whose %s share somebody unmounts in the middle writes nothing into the empty mount point, and the next is whole',
  async (kind) => {
    await using home = await temporaryFolder()
    const { disk, spec } = { cifs: { ...smb, spec: cifsSpec }, nfs: { ...nfs, spec: nfsSpec } }[kind]
    const open = () => waysFrom(home.path)
    const prefix = 'unmounted/'
    await initCheaply({ ...placeOf(localDestination(disk.path, clock)), prefix })
    let point = ''
    const unmountIt = async (): Promise<void> => {
      point = (await mountsUnder(home.path))[0]?.point ?? ''
      await call('umount', '--lazy', point)
    }
    {
      await using ways = open()
      const seen = watched(await ways.reach(spec), amongPacks, unmountIt)
      // It is mounted anew. Whether all of what was put before that is durable, nobody knows any more.
      await run(seen.destination, prefix).catch((error: unknown) => {
        expect(error).toMatchObject({
          code: 'DESTINATION_FAILED',
          message: expect.stringMatching(/durable/) as string,
        })
      })
      await expectWhole(join(disk.path, prefix), seen.durable())
    }
    expect(point).not.toBe('')
    expect(await readdir(point)).toEqual([])

    await using ways = open()
    const { snapshotId } = await run(await ways.reach(spec), prefix)
    await expectRestorable(disk.path, { prefix, snapshotId, source })
  },
)

test.each(process.env['SLOW'] === '1' ? [3, amongPacks, 17] : [amongPacks])(
  'a run whose user the CIFS share lets in no more, from its moment %s on, says that, and not that the server is down',
  async (moment) => {
    await using home = await temporaryFolder()
    const prefix = 'barred/'
    await initCheaply({ ...placeOf(localDestination(smb.disk.path, clock)), prefix })
    {
      await using ways = waysFrom(home.path)
      const seen = watched(await ways.reach(cifsSpec), moment, async () => {
        await smb.setPassword('another one')
        await smb.cut()
      })
      // The kernel says of it that the host is down. It is mounted anew, and the server is asked again.
      await expect(run(seen.destination, prefix)).rejects.toMatchObject({
        code: 'DESTINATION_FORBIDDEN',
        message: expect.stringContaining('it refuses this user') as string,
      })
    }
    await smb.setPassword(smb.password)

    await using ways = waysFrom(home.path)
    const { snapshotId } = await run(await ways.reach(cifsSpec), prefix)
    await expectRestorable(smb.disk.path, { prefix, snapshotId, source })
    await rm(join(smb.disk.path, prefix), { recursive: true })
  },
)

function waysFrom(home: string): Ways {
  return openWays({
    ...{ home, mountsFolder: join(home, 'run/mounts'), clock, s3Keys: undefined, ownEnvironment },
    credentials: { get: async () => ({ ...credential, secret: new Secret(smb.password) }) },
  })
}

async function run(destination: Destination, prefix: string): ReturnType<typeof backUp> {
  using repository = await openRepository({ ...placeOf(destination), prefix }, signal)
  return await backUp(repository, aBackup([source]), () => undefined, signal)
}

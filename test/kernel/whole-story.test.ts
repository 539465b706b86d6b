import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type NfsServer, startNfsServer } from '../support/kernel-mounts/nfs-server.ts'
import { type SmbServer, startSmbServer } from '../support/kernel-mounts/smb-server.ts'
import { madeOnce } from '../support/made-once.ts'
import { expectResticContent } from '../support/protected-tree.ts'
import { beginStory, tellWholeStory } from '../support/whole-story.ts'

/** The kernel has one processor, and that is a process of this machine. */
const isShort = process.env['SLOW'] !== '1'

const begun = madeOnce(beginStory)

describe('all three jobs, verified, restored, thinned out, and whole for stock restic', () => {
  const stack = new AsyncDisposableStack()
  let smb: SmbServer
  let nfs: NfsServer

  beforeAll(async () => {
    smb = stack.use(await startSmbServer())
    nfs = stack.use(await startNfsServer())
    for (const server of [smb, nfs]) await mkdir(join(server.disk.path, 'pam-1'), { mode: 0o777 })
  })
  afterAll(() => stack[Symbol.asyncDispose]())

  test('on a share of Samba, whose password no program prints', async () => {
    await using folder = await begun()

    const redoma = await tellWholeStory({
      path: folder.path,
      isShort,
      place: ['--cifs', `//${smb.host}/${smb.share}/pam-1`, '--credential', 'Backup share'],
      before: async (program) => {
        const add = ['credential', 'add', 'Backup share', '--user', smb.user]
        expect(await program.run(add, `${smb.password}\n`)).toMatchObject({ code: 0 })
      },
      stock: (password) => expectResticContent(join(smb.disk.path, 'pam-1', 'system'), password),
    })

    expect(redoma.printed()).not.toContain(smb.password)
  }, 600_000)

  test('on an NFS export', async () => {
    await using folder = await begun()

    await tellWholeStory({
      path: folder.path,
      isShort,
      place: ['--nfs', `${nfs.host}:/pam-1`],
      stock: (password) => expectResticContent(join(nfs.disk.path, 'pam-1', 'system'), password),
    })
  }, 600_000)
})

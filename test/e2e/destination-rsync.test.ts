import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expectResticContent } from '../support/protected-tree.ts'
import { sshServerMissing, startSshServer } from '../support/ssh-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { beginStory, tellWholeStory } from '../support/whole-story.ts'

describe.skipIf(sshServerMissing())('copies at an account that may run rsync alone', () => {
  test('all three jobs, verified, restored, thinned out, and whole for stock restic', async () => {
    await using folder = await temporaryFolder()
    await using server = await startSshServer(join(folder.path, 'home'))
    const { user, host, port } = server.spec()
    const url = `ssh://${user}@${host}:${port}/pam`

    await beginStory(folder.path)
    await tellWholeStory({
      path: folder.path,
      isShort: process.env['SLOW'] !== '1',
      place: ['--rsync', url, '--host-key', server.hostKey],
      stock: (password) => expectResticContent(join(server.folder, 'pam', 'system'), password),
    })

    expect(server.log()).not.toContain('SSH_ORIGINAL_COMMAND does not run rsync')
  })
})

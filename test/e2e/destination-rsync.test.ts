import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alterCatalogue } from '../support/instance.ts'
import { expectResticContent } from '../support/protected-tree.ts'
import { redomaAt } from '../support/redoma.ts'
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

  test('a server that shows another host key is an incident of its own, until it is the one that was pinned', async () => {
    await using folder = await temporaryFolder()
    await using server = await startSshServer(join(folder.path, 'home'))
    await using other = await startSshServer(join(folder.path, 'other'))
    const home = join(folder.path, 'home')
    const redoma = redomaAt(home)
    const { user, host, port } = server.spec()
    await redoma.run(['init'])
    const place = ['--rsync', `ssh://${user}@${host}:${port}/pam`, '--host-key', server.hostKey]
    expect(await redoma.run(['destination', 'add', 'nas', ...place])).toMatchObject({ code: 0 })
    const exchange = (from: string, to: string) => {
      alterCatalogue(home, `update destination set spec = replace(spec, '${from}', '${to}')`)
    }

    exchange(server.hostKey, other.hostKey)
    for (let probe = 0; probe < 3; probe++) await redoma.run(['destination', 'probe'])
    const { stdout } = await redoma.run(['incident', 'list', '--json'])
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ kind: 'host-key-changed', event: 501, subject: 'nas', severity: 'critical' }),
    )

    exchange(other.hostKey, server.hostKey)
    for (let probe = 0; probe < 3; probe++) await redoma.run(['destination', 'probe'])
    expect((await redoma.run(['incident', 'list', '--json'])).stdout).not.toContain('host-key-changed')
  })
})

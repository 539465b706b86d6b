import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { type RsyncDestination, rsyncDestination } from '../../src/destinations/rsync/rsync-destination.ts'
import { handTurnedClock } from '../support/clock.ts'
import { type SshServer, sshServerMissing, startSshServer } from '../support/ssh-server.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'
import { testDestination } from './destination.ts'

describe.skipIf(sshServerMissing())('against a real server', () => {
  let root: TemporaryFolder
  let server: SshServer
  let made = 0
  const open: RsyncDestination[] = []
  beforeAll(async () => {
    root = await temporaryFolder()
    server = await startSshServer(root.path)
  })
  afterEach(async () => {
    for (const destination of open.splice(0)) await destination[Symbol.asyncDispose]()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await root[Symbol.asyncDispose]()
  })

  async function makeRsync(): Promise<RsyncDestination> {
    const destination = await rsyncDestination(server.spec({ folder: `copies/of/${++made}` }), {
      clock: handTurnedClock(),
      spoolFolder: join(root.path, 'spool'),
      keyPath: server.keyPath,
    })
    open.push(destination)
    return destination
  }

  testDestination('rsync', makeRsync)
  // What is read comes from the other side then, and not from the spool.
  testDestination('rsync, with every put sent at once,', async () => {
    const destination = await makeRsync()
    const put: RsyncDestination['put'] = async (name, body, signal) => {
      await destination.put(name, body, signal)
      await destination.flush(signal)
    }
    return { ...destination, put }
  })
})

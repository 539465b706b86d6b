import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, RedomaError } from '../../core/errors.ts'

const busy = 5

/**
 * Makes this process the only daemon of the instance, by a lock that the kernel takes back however the process ends. SQLite is how Node.js
 * gets at one: the database is empty, and stays so.
 *
 * @throws RedomaError `DAEMON_RUNNING`, `FILE_FAILED`
 */
export async function beAlone(runFolder: string): Promise<Disposable> {
  const path = join(runFolder, 'daemon.lock')
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(path, { timeout: 0 })
    lock.exec('pragma journal_mode = memory; begin exclusive')
    // By its name: to close a file of our own would take the lock away again (fcntl(2)).
    await chmod(path, 0o600)
  } catch (error) {
    lock?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) throw running(runFolder)
    throw new RedomaError('FILE_FAILED', `${path} cannot be locked: ${messageOf(error)}`, { cause: error })
  }
  const held = lock
  return {
    [Symbol.dispose]: () => {
      held.close()
    },
  }
}

function running(runFolder: string): RedomaError {
  return new RedomaError('DAEMON_RUNNING', `a daemon serves this instance already, in ${runFolder}`, {
    hint: 'There is one for an instance: stop that one first.',
  })
}

import { connect } from 'node:net'
import { messageOf, RedomaError, systemCode } from '../../core/errors.ts'

/**
 * Whether somebody listens on a socket. Asked by every backup, so it loads nothing.
 *
 * @throws RedomaError `DAEMON_FAILED` where there is one that may not be opened
 */
export async function isServed(socketPath: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const socket = connect(socketPath, () => {
    resolve(undefined)
  }).on('error', reject)
  try {
    await promise
    return true
  } catch (error) {
    // A daemon that died leaves its socket behind.
    if (['ENOENT', 'ECONNREFUSED'].includes(systemCode(error) ?? '')) return false
    throw new RedomaError('DAEMON_FAILED', `${socketPath} cannot be opened: ${messageOf(error)}`, {
      hint: 'Only root and the owner of the instance may open it.',
      cause: error,
    })
  } finally {
    socket.destroy()
  }
}

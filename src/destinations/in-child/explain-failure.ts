import { statfs } from 'node:fs/promises'
import { isRedomaError, RedomaError, systemCode } from '../../core/errors.ts'
import type { Root } from '../local/folders.ts'

const lostHint = 'Its connection was lost a moment ago. If it says so again, look into the log of the kernel.'
const hints: Readonly<Record<string, string>> = {
  EIO: 'Its server does not answer, or the disk of the server fails: look there.',
  EINVAL: lostHint,
  EBADF: lostHint,
  ENOENT: 'All of the share is gone: look at its server whether it is shared still.',
}

/** `f_type` of statfs(2): NFS, CIFS and SMB2. */
const networkTypes: readonly number[] = [0x6969, 0xff534d42, 0xfe534d42]

/**
 * A share that somebody mounted with `soft` says of a server that does not answer what a disk says of a bad sector (`EIO`). Which of them it
 * is shows when the same server is asked for something else. It may have come back meanwhile: then only what was read is taken for damage.
 * CIFS says of a file that is opened while a lost connection is made anew that this is no way to open it (`EINVAL`), which may pass; of one
 * that was open before, that it is not open (`EBADF`);
 * and of all in a share that the server took away, that it is not there (`ENOENT`).
 */
export async function explainFailure(error: unknown, rootNow: () => Promise<Root>): Promise<unknown> {
  const code = isRedomaError(error) ? systemCode(error.cause) : undefined
  const hint = hints[code ?? '']
  if (!isRedomaError(error) || hint === undefined) return error
  const type = await typeOf(rootNow).catch(() => undefined)
  const isDisk = type !== undefined && !networkTypes.includes(type)
  if (isDisk) return error
  if (type !== undefined && (error.code === 'OBJECT_UNREADABLE' || code === 'ENOENT')) return error
  return new RedomaError('DESTINATION_UNREACHABLE', error.message, { hint, cause: error })
}

async function typeOf(rootNow: () => Promise<Root>): Promise<number> {
  return (await statfs(`${(await rootNow()).at}/.`)).type
}

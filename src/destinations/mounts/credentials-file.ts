import type { FileHandle } from 'node:fs/promises'
import { RedomaError } from '../../core/errors.ts'
import { openRamFile, usualRamDisks } from '../../core/ram-file.ts'
import type { Secret } from '../../core/secret.ts'

export interface ShareCredential {
  readonly user: string
  readonly secret: Secret
}

/**
 * A file for `credentials=` of mount.cifs(8), readable by its owner alone, on a RAM disk and without a name: nobody finds it but by the
 * descriptor, and it is gone with the last process that has that, however that ends. Close it.
 *
 * @throws RedomaError `USAGE` for what cannot be said in such a file, `DESTINATION_FAILED` where there is no RAM disk
 */
export async function openCredentialsFile(
  { user, secret }: ShareCredential,
  domain: string | undefined,
  folders: readonly string[] = usualRamDisks,
): Promise<FileHandle> {
  const password = secret.reveal()
  checkName('user name', user)
  if (domain !== undefined) checkName('domain', domain)
  checkPassword(password)
  const line = domain === undefined ? '' : `domain=${domain}\n`
  const file = await openRamFile(`username=${user}\n${line}password=${password}\n`, folders)
  if (file !== undefined) return file
  throw new RedomaError('DESTINATION_FAILED', `none of ${folders.join(' and ')} is a RAM disk`, {
    hint: 'A password is handed to mount.cifs in memory only: mount a tmpfs at /dev/shm.',
  })
}

/** The program puts both between commas, and takes `DOMAIN\user`, `DOMAIN/user` and `user%password` apart. */
function checkName(what: string, text: string): void {
  if (text !== '' && !/[,%/\\\p{Cc}]/u.test(text) && text.trim() === text && Buffer.byteLength(text) < 256)
    return
  throw new RedomaError('USAGE', `${JSON.stringify(text)} cannot be the ${what} at a share`, {
    hint: 'A comma, “%”, “/”, “\\” and control characters cannot be handed to mount.cifs; the domain is said by itself.',
  })
}

/** As far as the kernel reads it, in UTF-16; it would cut off the rest. */
const passwordCharacters = 128

function checkPassword(password: string): void {
  if (/[\0\n]/.test(password)) {
    throw unfitPassword('holds a line feed or a NUL, which no credentials file of mount.cifs can')
  }
  if (password.length > passwordCharacters) {
    throw unfitPassword(`has ${password.length} characters, and the kernel takes ${passwordCharacters}`)
  }
}

function unfitPassword(why: string): RedomaError {
  return new RedomaError('USAGE', `the password of the share ${why}`, {
    hint: 'Give the share’s user another password.',
  })
}

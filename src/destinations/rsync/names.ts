import { RedomaError } from '../../core/errors.ts'

/**
 * Sent last with every batch, and synced last: a file's own sync does not make its name durable, but on file systems with a journal
 * (ext4, XFS, btrfs, ZFS) that of a later file makes all earlier names so. `{` comes after all that a name may begin with, and rsync
 * sends in the order of names; no object can have the name.
 */
export const markFolder = '{redoma}'
export const markName = 'synced'

/** `folder/name`, where `''` is where the account is led to. */
export function pathOf(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** A folder, as it comes in a spec: its parts are plain, for rsync takes some characters for patterns. @throws RedomaError `PATH_UNSAFE` */
export function checkFolder(folder: string): string {
  const part = /^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,199}$/
  if (folder === '' || folder.split('/').every((name) => part.test(name))) return folder
  throw new RedomaError('PATH_UNSAFE', `${JSON.stringify(folder)} is not a folder for copies`, {
    hint: 'Choose one of letters, digits and . _ + -, that does not begin with a dot.',
  })
}

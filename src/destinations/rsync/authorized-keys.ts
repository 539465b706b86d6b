import { RedomaError } from '../../core/errors.ts'

/** Where Debian and Fedora have it. */
const program = '/usr/bin/rrsync'

/** What a server's `authorized_keys` needs for this instance; see docs/operator/handbook.md. */
export interface AuthorizedKeys {
  /** Reading and writing, in this one folder, by rsync alone. */
  readonly full: string
  /** Writing alone: nothing that is there can be listed, read or removed by who has the key. */
  readonly writeOnly: string
}

/**
 * The lines for one folder of a server.
 *
 * `restrict` forbids all that SSH can do beside the one command. `-munge` makes symbolic links at the server harmless, which nobody who
 * plays by the rules sends. `-no-lock`: what reads must not wait for a backup to end; files appear whole, by rename, so the lock that
 * lets in one at a time protects nothing here. The write-only one has no `-no-overwrite`: the ledger is replaced by every run.
 *
 * @param publicKey `ssh-ed25519 AAAA…`
 * @param folder at the server, absolute or seen from the account's home
 * @throws RedomaError `PATH_UNSAFE`
 */
export function authorizedKeys(publicKey: string, folder: string, comment: string): AuthorizedKeys {
  // The account's shell and sshd both take the line apart.
  if (!/^[A-Za-z0-9/._+][A-Za-z0-9/._+-]*$/.test(folder)) {
    throw new RedomaError('PATH_UNSAFE', `${JSON.stringify(folder)} cannot stand in authorized_keys`, {
      hint: 'Choose a folder of letters, digits and . _ + - /',
    })
  }
  const end = comment.replace(/\s+|\p{Cc}+/gu, '-')
  const line = (options: string): string =>
    `restrict,command="${program} ${options} ${folder}" ${publicKey} ${end}`.trimEnd()
  return { full: line('-munge -no-lock'), writeOnly: line('-wo -no-del -munge -no-lock') }
}

import type { Command } from 'commander'

/** How a recovery key is opened, as the words of a command say it. */
export interface IdentityOptions {
  readonly identity?: string
  readonly passwordFile?: string
  readonly shares?: true
  readonly sharesFile?: string
}

/** For every command that opens something with the recovery key. */
export function addIdentityOptions(command: Command): Command {
  return command
    .option('--identity <file>', 'identity.password.age or identity.quorum.age (default: what lies beside)')
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .option('--shares', 'open with the shares of several guardians, also where a password would do')
    .option('--shares-file <file>', 'take the shares from a file, one card a line; - is standard input')
}

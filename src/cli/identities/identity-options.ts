import type { Command } from 'commander'
import type { Services } from '../services.ts'

/** How a recovery key is opened, as the words of a command say it. */
export interface IdentityOptions {
  readonly identity?: string
  readonly passwordFile?: string
  readonly shares?: true
  readonly sharesFile?: string
}

/** Not where nothing native can be called: in `open.mjs`. */
export type ForbidsDumps = Partial<Pick<Services, 'forbidDumps'>>

/** For every command that opens something with the recovery key: before it is asked for, the process cannot be dumped any more, where that can be had. */
export function addIdentityOptions(
  command: Command,
  { services }: { readonly services: ForbidsDumps },
): Command {
  return command
    .hook('preAction', () => services.forbidDumps?.())
    .option('--identity <file>', 'identity.password.age or identity.quorum.age (default: what lies beside)')
    .option('--password-file <file>', 'take the master password from a file; - is standard input')
    .option('--shares', 'open with the shares of several guardians, also where a password would do')
    .option('--shares-file <file>', 'take the shares from a file, one card a line; - is standard input')
}

import { RedomaError } from '../../core/errors.ts'
import { confirm } from '../ask.ts'
import type { Context } from '../context.ts'
import { printable } from '../printable.ts'
import type { FoundHostKey, OpenInstance } from '../services.ts'
import { parseRsyncPlace } from './parse-place.ts'

/** What is said of an account, and of the keys of its hosts. */
export interface AccountOptions {
  readonly rsync?: string
  readonly jump?: string
  readonly hostKey?: readonly string[]
  readonly jumpHostKey?: readonly string[]
  readonly yes?: true
}

/**
 * Which keys the server of an account, and the jump host before it, will be held to: those that were given, or those that they show and
 * a person confirms. From then on nobody else can pass himself off as them.
 *
 * @throws RedomaError `USAGE` when nobody is there to confirm them, `CANCELLED`, and what comes of looking
 */
export async function pinHostKeys<Options extends AccountOptions>(
  { terminal, signal }: Context,
  instance: Pick<OpenInstance, 'findHostKey' | 'findHostKeyOfJump'>,
  options: Options,
): Promise<Options> {
  const { rsync, jump } = options
  if (rsync === undefined) return options
  const jumpHostKey = jump === undefined ? undefined : (options.jumpHostKey ?? (await lookAtJump(jump)))
  const hostKey = options.hostKey ?? (await lookAtServer(rsync, jumpHostKey))
  return jumpHostKey === undefined ? { ...options, hostKey } : { ...options, hostKey, jumpHostKey }

  async function lookAtJump(place: string): Promise<readonly string[]> {
    return confirmed(
      `the jump host ${place}`,
      '--jump-host-key',
      await instance.findHostKeyOfJump(place, signal),
    )
  }

  async function lookAtServer(
    place: string,
    jumpHostKeys: readonly string[] | undefined,
  ): Promise<readonly string[]> {
    const account = { ...parseRsyncPlace(place), jump, jumpHostKeys }
    return confirmed(account.host, '--host-key', await instance.findHostKey(account, signal))
  }

  async function confirmed(whose: string, option: string, found: FoundHostKey): Promise<readonly string[]> {
    const [type = ''] = found.key.split(' ')
    const shown = `${printable(whose)} shows the ${type} key ${found.fingerprint}`
    terminal.note(`${shown}.`)
    terminal.note('Compare it at the server: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    if (!terminal.interactive && options.yes !== true) {
      throw new RedomaError('USAGE', `nobody is here to confirm that ${shown}`, {
        hint: `Give the key: ${option} '${found.key}', or accept what is shown: --yes`,
      })
    }
    if (await confirm(terminal, 'Is it the same?', options.yes === true)) return [found.key]
    throw new RedomaError('CANCELLED', `the key of ${whose} was not confirmed; nothing was added`)
  }
}

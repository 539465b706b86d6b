import { opensAlone } from '../../../bundle/ceremony/opens-alone.ts'
import { parseShareList } from '../../../bundle/shares/share-list.ts'
import { RedomaError } from '../../../core/errors.ts'
import type { Catalogue } from '../../../ports/catalogue.ts'
import { confirm } from '../../ask.ts'
import { printable } from '../../printable.ts'
import type { Terminal } from '../../terminal.ts'

export interface Giving {
  readonly guardian: string
  readonly share: number
  readonly scope: string | undefined
  readonly yes: boolean
}

/**
 * Asks before a share goes from one guardian to another: a mistyped number would make the wrong person answer in the next drill.
 *
 * @throws RedomaError `CANCELLED`
 */
export async function confirmGiving(
  terminal: Terminal,
  { guardians, generations }: Catalogue,
  { guardian, share, scope, yes }: Giving,
): Promise<void> {
  const current = await generations.current(scope)
  const keeper = (await guardians.keepers()).find(
    (each) => each.generation === current?.number && each.share === share,
  )
  const before = (await guardians.list()).find(({ id }) => id === keeper?.guardian)
  if (before === undefined || before.name === guardian) return
  const question = `Share ${share} is with ${printable(before.name)}. Give it to ${printable(guardian)}?`
  if (await confirm(terminal, question, yes)) return
  throw new RedomaError('CANCELLED', 'nothing was changed')
}

/** What a person who keeps these shares must know of: that nobody else is needed. */
export async function warningOfAll(
  { guardians, generations }: Catalogue,
  guardian: string,
  scope: string | undefined,
): Promise<string | undefined> {
  const current = await generations.current(scope)
  if (current?.quorum === undefined) return undefined
  const own = (await guardians.keepers()).filter(
    (keeper) => keeper.generation === current.number && keeper.guardian === guardian,
  )
  const numbers = new Set(own.map(({ share }) => share))
  return opensAlone(parseShareList(current.quorum.shareList), numbers)
    ? 'This one person now keeps enough shares to open everything alone.'
    : undefined
}

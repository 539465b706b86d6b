import { resolve } from 'node:path'
import type { QuorumRequest } from '../../app/hold-ceremony.ts'
import type { NamedScheme } from '../../bundle/ceremony/make-key.ts'
import { RedomaError } from '../../core/errors.ts'
import type { Guardian } from '../../ports/guardian.ts'
import type { Context } from '../context.ts'
import { type CardOptions, cardsRequest } from './cards-request.ts'
import { handOver, shareName } from './hand-over.ts'
import { countShares, type QuorumOptions, sealedToOf } from './quorum-options.ts'
import { takeBack } from './take-back.ts'

interface GivingOptions extends QuorumOptions, CardOptions {
  readonly cards?: string
  readonly proveByDrill?: true
}

/**
 * How the shares get to their guardians, and come back: over the terminal, where somebody is there; else by files.
 *
 * @throws RedomaError `USAGE` when a share would have to be shown to a program
 */
export function quorumRequest(
  context: Context,
  scheme: NamedScheme,
  options: GivingOptions,
  keepers: ReadonlyMap<number, Guardian>,
): QuorumRequest {
  const { terminal } = context
  const sealedTo = sealedToOf(options, scheme, keepers)
  const cards =
    options.cards === undefined ? undefined : cardsRequest(context, resolve(options.cards), options, keepers)
  if (!terminal.interactive && cards === undefined && sealedTo.size < countShares(scheme)) {
    throw new RedomaError('USAGE', 'shares are shown on a terminal alone, and there is none', {
      hint: 'Seal each share to its guardian (--seal NUMBER=KEY), or write cards to print (--cards DIR).',
    })
  }
  return {
    scheme,
    sealedTo,
    cards,
    async handOver(share, key) {
      const isSealed = sealedTo.has(share.number)
      if (options.proveByDrill && (isSealed || cards !== undefined)) return undefined
      if (!terminal.interactive) return takeBack(context, share)
      if (!isSealed)
        return handOver(context, share, key, {
          isOnCard: cards !== undefined,
          guardian: keepers.get(share.number)?.name,
        })
      // Its guardian opens it elsewhere.
      terminal.note(`${shareName(share, key)} is sealed: a drill will prove that its guardian has it.`)
      return undefined
    },
  }
}

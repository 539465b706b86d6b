import { readCard } from '../../bundle/shares/identify-share.ts'
import { quorumPassphrase } from '../../bundle/shares/quorum-passphrase.ts'
import type { ShareList } from '../../bundle/shares/share-list.ts'
import { collectBytes, wipe } from '../../core/bytes.ts'
import { RedomaError } from '../../core/errors.ts'
import { Secret } from '../../core/secret.ts'
import { ShareError } from '../../crypto/slip39/fault.ts'
import type { Share } from '../../crypto/slip39/parse-share.ts'
import { sayFault, sayPlaces } from '../../crypto/slip39/say-fault.ts'
import { printable } from '../printable.ts'
import { readText } from '../read-text.ts'
import type { Terminal } from '../terminal.ts'
import { takeShare } from './collect-shares.ts'
import { cardOf, shareListsBeside } from './known-cards.ts'
import {
  type Asking,
  type LoadedIdentityFile,
  openIdentityFiles,
  type Wanted,
} from './open-identity-files.ts'
import { typeCard } from './type-card.ts'

const fileLimitBytes = 1024 * 1024

/**
 * The identities in `files` that shares open: typed card after card on the terminal, else a card a line.
 *
 * @param sharesFile where the cards stand, `-` for standard input
 * @throws ShareError for a share that is none, or of another set, or too few; RedomaError `KEY_WRONG`, `CANCELLED`
 */
export async function askShares(
  asking: Asking,
  sharesFile: string | undefined,
  files: readonly LoadedIdentityFile[],
  wanted: Wanted,
): Promise<readonly Secret[]> {
  const lists = await shareListsBeside(files)
  const { terminal } = asking
  const secret =
    sharesFile === undefined && terminal.interactive
      ? await typeShares(asking, lists, wanted)
      : readShares(terminal, await linesOf(terminal, sharesFile), lists)
  const passphrase = quorumPassphrase(secret)
  wipe(secret)
  return openIdentityFiles(files, async () => passphrase, 'what these cards hold', wanted, terminal)
}

async function typeShares(asking: Asking, lists: readonly ShareList[], wanted: Wanted): Promise<Uint8Array> {
  const { terminal } = asking
  const { green, red, yellow } = terminal.noteStyle
  let shares: readonly Share[] = []
  let said: string[] = []
  for (;;) {
    const share = await typeCard(asking, lists, [
      `Card number ${shares.length + 1} that you have at hand, in any order.`,
      ...said,
    ])
    const taken = takeShare(shares, share, lists)
    const card = cardOf(share, lists)
    const name = card === undefined ? 'The card' : `Card ${card.number} of generation ${card.generation}`
    switch (taken.kind) {
      case 'enough':
        terminal.note(`${green('✓')} ${name} was taken, and these are enough.`)
        return taken.secret
      case 'more':
        shares = taken.shares
        said = [`${green('✓')} ${name} was taken. ${printable(taken.said)}`, ...doubts()]
        break
      case 'refused':
        said = [`${red('✗')} ${printable(taken.said)}`]
    }

    function doubts(): string[] {
      const { generation } = wanted
      if (generation === undefined || card === undefined || card.generation === generation) return []
      return [yellow(`By the ledger this was sealed to generation ${generation}: its cards are needed.`)]
    }
  }
}

/** All cards that there are: what is wrong with one is said in full to a person at a terminal; to a script, whose output is kept, no word of it. */
function readShares(terminal: Terminal, lines: readonly Line[], lists: readonly ShareList[]): Uint8Array {
  let shares: readonly Share[] = []
  let missing = new RedomaError('KEY_WRONG', 'there is no card')
  for (const { number, text } of lines) {
    const taken = takeShare(shares, parsed(terminal, number, text, lists), lists)
    switch (taken.kind) {
      case 'enough':
        return taken.secret
      case 'more':
        shares = taken.shares
        missing = new RedomaError('KEY_WRONG', 'more cards are needed', { hint: taken.said })
        break
      case 'refused':
        throw new RedomaError('KEY_WRONG', `the card on line ${number}: ${taken.error.message}`, {
          hint: taken.said,
        })
    }
  }
  throw missing
}

function parsed(terminal: Terminal, number: number, text: string, lists: readonly ShareList[]): Share {
  try {
    return readCard(text, lists)
  } catch (error) {
    if (!(error instanceof ShareError)) throw error
    const said = terminal.interactive ? sayFault(error.fault, 'en') : sayPlaces(error.fault)
    if (said !== undefined) terminal.note(`line ${number}: ${printable(said)}`)
    throw new RedomaError(error.code, `the card on line ${number}: ${error.message}`)
  }
}

interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
}

/** The lines that hold something; `#` begins a remark. Without a file, standard input. */
async function linesOf(terminal: Terminal, file = '-'): Promise<readonly Line[]> {
  const text = file === '-' ? await allOf(terminal) : await readText(file)
  return text
    .split('\n')
    .map((line, at) => ({ number: at + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
}

async function allOf({ stdin }: Terminal): Promise<string> {
  return new TextDecoder().decode(await collectBytes(stdin as AsyncIterable<Uint8Array>, fileLimitBytes))
}

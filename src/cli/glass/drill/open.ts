import { basename, dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import { openLocalFile } from '../../../app/local-file.ts'
import type { DrillKey } from '../../../app/open-drill.ts'
import { writePrivateFiles } from '../../../app/private-files.ts'
import { type DrillFile, encodeAnswers, parseDrill } from '../../../bundle/drill/drill-file.ts'
import { RedomaError } from '../../../core/errors.ts'
import { parseShare } from '../../../crypto/slip39/parse-share.ts'
import { askSecret } from '../../ask.ts'
import type { Context } from '../../context.ts'
import { formatTime } from '../../figures.ts'
import { example } from '../../help.ts'
import { askIdentities } from '../../identities/ask-identities.ts'
import {
  addIdentityOptions,
  type ForbidsDumps,
  type IdentityOptions,
} from '../../identities/identity-options.ts'
import { typeCard } from '../../identities/type-card.ts'
import { printable } from '../../printable.ts'
import { facts } from '../../table.ts'
import { fingerprintFact } from '../fingerprint-lines.ts'

interface OpenOptions extends IdentityOptions {
  readonly cardFile?: string
  readonly whole?: true
  readonly out?: string
  readonly json?: true
}

const fileLimitBytes = 4 * 1024 * 1024

/** What answering a drill needs of the program: the opener that stands alone has no more. */
type DrillContext = Omit<Context, 'services'> & {
  readonly services: Pick<Context['services'], 'openDrill'> & ForbidsDumps
}

export function defineDrillOpen(group: Command, context: Context): void {
  const command = group.command('open')
  defineDrillAnswering(command, context, 'redoma glass drill open')
}

/** @param words by which it is called, for the examples */
export function defineDrillAnswering(command: Command, context: DrillContext, words: string): void {
  command
    .description('answer a drill with your card: anywhere, without the instance; nothing else is opened')
    .argument('<file>', 'the drill, as it was sent to you')
    .option('--card-file <file>', 'take the words of the card from a file; - is standard input')
    .option(
      '--whole',
      'answer for the whole recovery key: with the master password, or several guardians together',
    )
  addIdentityOptions(command, context)
    .option('--out <file>', 'write the answer into a new file, to be sent back')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      example(`${words} drill.json`, `${words} drill.json --whole --identity identity.password.age`),
    )
    .action(async (path: string, options: OpenOptions) => {
      const { terminal } = context
      const drill = parseDrill(await readDrill(path))
      if (new Date(drill.expires) <= context.clock.now()) {
        throw new RedomaError('NOT_FOUND', `this drill has ended on ${formatTime(new Date(drill.expires))}`)
      }
      if (!options.json) terminal.note(...facts(factsOf(drill), terminal.noteStyle), '')
      const answer = await context.services.openDrill(drill, await keyOf(context, path, options))
      const answers = { schema: 'redoma-drill-answer/1' as const, drill: drill.drill, answers: [answer] }
      if (options.out !== undefined) await writeAnswers(resolve(options.out), encodeAnswers(answers))
      if (options.json) {
        terminal.printJson(answers)
        return
      }
      const subject = 'share' in answer ? `card ${answer.share}` : 'the whole recovery key'
      const { green, bold } = terminal.style
      terminal.say(
        `${green('✓')} You have ${subject}.`,
        options.out === undefined
          ? `  Read this to whoever asked: ${bold(answer.code)}`
          : `  The answer is in ${bold(printable(resolve(options.out)))}: send it back.`,
        'share' in answer
          ? 'Never read the words of your card to anybody: a drill does not ask for them.'
          : 'Never read the master password, or the words of a card, to anybody: a drill does not ask for them.',
      )
    })
}

async function readDrill(path: string): Promise<Uint8Array> {
  await using file = await openLocalFile(resolve(path))
  return await file.read(0, Math.min(file.size, fileLimitBytes + 1))
}

function factsOf(drill: DrillFile): [string, string][] {
  return [
    ['drill of', printable(drill.instance)],
    ['generation', String(drill.generation)],
    ['fingerprint', fingerprintFact(drill.fingerprint)],
    ['until', formatTime(new Date(drill.expires))],
  ]
}

async function keyOf(context: DrillContext, path: string, options: OpenOptions): Promise<DrillKey> {
  const { cardFile, whole, identity, passwordFile, shares, sharesFile } = options
  const isWhole = [whole, identity, passwordFile, shares, sharesFile].some((one) => one !== undefined)
  if (isWhole && cardFile !== undefined) {
    throw new RedomaError(
      'USAGE',
      'a drill is answered for one card (--card-file) or for the whole, not for both at once',
    )
  }
  if (isWhole) {
    return { kind: 'identities', identities: await askIdentities(context, options, { path: resolve(path) }) }
  }
  if (cardFile === undefined && context.terminal.interactive) {
    const heading = 'The words of your card. They stay on this machine.'
    return { kind: 'share', share: await typeCard(context, [], [heading]) }
  }
  const words = await askSecret(context.terminal, { prompt: 'Words of the card', file: cardFile })
  return { kind: 'share', share: parseShare(words.reveal()) }
}

async function writeAnswers(path: string, content: Uint8Array): Promise<void> {
  await using written = await writePrivateFiles(dirname(path), new Map([[basename(path), content]]))
  written.keep()
}

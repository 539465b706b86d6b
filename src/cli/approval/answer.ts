import type { Command } from 'commander'
import { dangerWords } from '../../app/approvals/danger-words.ts'
import { approvalJson } from '../../ports/approval-json.ts'
import { askSecret } from '../ask.ts'
import { askLine } from '../ask-line.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { printable } from '../printable.ts'
import { approvalLines } from './show.ts'

interface AnswerOptions {
  readonly user?: string
  readonly passwordFile?: string
  readonly code?: string
  readonly json?: true
}

export function defineApprovalAnswers(group: Command, context: Context): void {
  defineAnswer(group, context, 'give', true)
  defineAnswer(group, context, 'refuse', false)
}

function defineAnswer(group: Command, context: Context, word: 'give' | 'refuse', agreed: boolean): void {
  group
    .command(word)
    .description(agreed ? 'agree, as an administrator who did not ask it' : 'refuse it')
    .argument('<number>', 'under which it was asked')
    .option('--user <name>', 'who you are (default: it is asked for)')
    .option('--password-file <file>', 'the file that holds your password; - is standard input')
    .option('--code <digits>', 'of your second factor, if you have one (default: it is asked for)')
    .option('--json', 'print it as JSON')
    .addHelpText('after', example(`redoma approval ${word} 7 --user grace`))
    .action(async (text: string, options: AnswerOptions) => {
      const { terminal, signal, clock } = context
      const id = parseCount(text, 1)
      await using instance = await context.services.openInstance()
      const asked = await instance.catalogue.approvals.get(id)
      terminal.note(...approvalLines(asked, clock.now(), terminal.noteStyle), '')
      const name = options.user ?? (await askLine(terminal, 'Your name: ', signal)) ?? ''
      const password = await askSecret(terminal, { prompt: 'Password', file: options.passwordFile })
      const hasFactor = (await instance.catalogue.users.named(name))?.totp?.isConfirmed === true
      const code =
        options.code ??
        (hasFactor ? await askLine(terminal, 'Code of your second factor: ', signal) : undefined)
      const approval = await instance.answerApprovalAs(
        { name, password, code, address: 'terminal' },
        id,
        agreed,
      )
      if (options.json) terminal.printJson(approvalJson(approval, clock.now()))
      else terminal.print(doneLine(approval.askedBy, dangerWords[approval.danger]))
    })

  function doneLine(askedBy: string, what: string): string {
    const { green, yellow } = context.terminal.style
    return agreed
      ? `${green('✓')} Agreed: ${printable(askedBy)} can go on with ${what}.`
      : `${yellow('–')} Refused: nothing is done about ${what}.`
  }
}

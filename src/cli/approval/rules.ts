import type { Command } from 'commander'
import { dangerWords } from '../../app/approvals/danger-words.ts'
import { RedomaError } from '../../core/errors.ts'
import { type Danger, dangers, type Need, needs } from '../../ports/approval.ts'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { table } from '../table.ts'

export function defineApprovalRules(group: Command, context: Context): void {
  group
    .command('rules')
    .description('show or set what needs a second person')
    .argument('[rule...]', `${dangers.join(', ')}, each with =${needs.join(', =')}`)
    .option('--json', 'print them as JSON')
    .addHelpText(
      'after',
      [
        '',
        'with-two: where there are two administrators at least, since with one nobody could agree.',
        'To ask for less needs a second person itself.',
        example('redoma approval rules', 'redoma approval rules copies=always retention=with-two'),
      ].join('\n'),
    )
    .action(async (texts: readonly string[], options: { json?: true }) => {
      const wanted = Object.fromEntries(texts.map(parseRule))
      await using instance = await context.services.openInstance()
      await instance.setRules(wanted, context.signal)
      const rules = await instance.catalogue.approvals.rules()
      const { terminal } = context
      if (options.json) {
        terminal.printJson(rules)
        return
      }
      const columns = ['RULE', 'SECOND PERSON', 'FOR'].map((title) => ({ title }))
      const rows = dangers.map((danger) => [danger, rules[danger], dangerWords[danger]])
      terminal.print(...table(columns, rows, terminal.style))
    })
}

/** @throws RedomaError `USAGE` */
function parseRule(text: string): [Danger, Need] {
  const [name, value, ...more] = text.split('=')
  const danger = dangers.find((one) => one === name)
  const need = needs.find((one) => one === value)
  if (danger !== undefined && need !== undefined && more.length === 0) return [danger, need]
  throw new RedomaError('USAGE', `${JSON.stringify(text)} is no rule`, {
    hint: `One of ${dangers.join(', ')}, and what is needed: copies=always`,
  })
}

import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { GivenAnswer, JudgedAnswer } from '../../../app/answer-drill.ts'
import { openLocalFile } from '../../../app/local-file.ts'
import { parseAnswers } from '../../../bundle/drill/drill-file.ts'
import { RedomaError } from '../../../core/errors.ts'
import type { Context } from '../../context.ts'
import { exitCodes } from '../../exit-codes.ts'
import { example } from '../../help.ts'
import { parseCount } from '../../parse.ts'
import type { Style } from '../../style.ts'
import { readinessLines } from './readiness-lines.ts'

interface AnswerOptions {
  readonly scope?: string
  readonly share?: string
  readonly whole?: true
  readonly json?: true
}

const fileLimitBytes = 4 * 1024 * 1024

export function defineDrillAnswer(group: Command, context: Context): void {
  group
    .command('answer')
    .description('take down the answer of a guardian: a code, or a file that came back')
    .argument('<answer>', 'the code, with --share or --whole; else the file')
    .option('--share <number>', 'whose code it is')
    .option('--whole', 'it is the code of the whole recovery key')
    .option('--json', 'print what it proved as JSON')
    .option('--scope <name>', 'the code is for the newest drill of this scope')
    .addHelpText(
      'after',
      example(
        'redoma glass drill answer --share 3 7KQ2-M0XR-9D4T',
        'redoma glass drill answer drill-answer.json',
      ),
    )
    .action(async (text: string, options: AnswerOptions) => {
      const { drill, answers } = await answersOf(text, options)
      await using instance = await context.services.openInstance()
      const judged = await instance.answerDrill(drill, answers, options.scope)
      for (const { subject, outcome } of judged) instance.log.info('drill answered', { subject, outcome })
      if (judged.some(({ outcome }) => outcome === 'wrong' || outcome === 'not-asked'))
        context.finish(exitCodes.keyWrong)
      const { terminal } = context
      if (options.json) {
        terminal.printJson(judged)
        return
      }
      terminal.say(...judged.map((answer) => answerLine(answer, terminal.style)))
      // After a refusal alone, that all the others are proven would read as if this one were.
      const anyTaken = judged.some(({ outcome }) => outcome === 'proven' || outcome === 'answered-before')
      const report = anyTaken ? await instance.reportReadiness(options.scope) : undefined
      if (report !== undefined) terminal.say(...readinessLines(report, context.clock.now(), terminal.style))
    })
}

async function answersOf(
  text: string,
  { share, whole }: AnswerOptions,
): Promise<{ readonly drill: string | undefined; readonly answers: readonly GivenAnswer[] }> {
  if (share !== undefined && whole) throw new RedomaError('USAGE', 'a code is of one share or of the whole')
  if (share !== undefined)
    return { drill: undefined, answers: [{ subject: parseCount(share, 1), code: text }] }
  if (whole) return { drill: undefined, answers: [{ subject: 'whole', code: text }] }
  await using file = await openLocalFile(resolve(text))
  const { drill, answers } = parseAnswers(await file.read(0, Math.min(file.size, fileLimitBytes + 1)))
  return {
    drill,
    answers: answers.map((one) => ({ subject: 'share' in one ? one.share : 'whole', code: one.code })),
  }
}

function answerLine({ subject, outcome }: JudgedAnswer, { green, red }: Style): string {
  const name = subject === 'whole' ? 'The whole recovery key' : `Share ${subject}`
  switch (outcome) {
    case 'proven':
      return `${green('✓')} ${name} is proven.`
    case 'answered-before':
      return `${green('✓')} ${name} was proven by this drill before.`
    case 'wrong':
      return `${red('✗')} ${name}: that is not the answer. Let its code be read once more; it may be of another drill.`
    case 'not-asked':
      return `${red('✗')} ${name} is not asked by this drill.`
  }
}

import { join } from 'node:path'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { example } from '../help.ts'
import { parseCount } from '../parse.ts'
import { followFile, lastLines } from './tail.ts'

interface LogOptions {
  readonly follow?: true
  readonly lines: string
  readonly json?: true
}

export function defineBackupLog(group: Command, context: Context): void {
  group
    .command('log')
    .description('print the end of the log')
    .option('-f, --follow', 'go on printing what is added')
    .option('-n, --lines <number>', 'how many lines', '50')
    .option('--json', 'the log as JSON lines')
    .addHelpText('after', example('redoma backup log -f'))
    .action(async (options: LogOptions) => {
      const path = join(context.services.logFolder, options.json ? 'backup.jsonl' : 'backup.log')
      const { stdout } = context.terminal
      const { text, size } = await lastLines(path, parseCount(options.lines, 0))
      stdout.write(text)
      if (!options.follow) return
      for await (const added of followFile(path, size, context.signal)) stdout.write(added)
    })
}

import type { Command } from 'commander'
import { RedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import { formatTime } from '../figures.ts'
import { example } from '../help.ts'
import { facts } from '../table.ts'
import { generationJson } from './json.ts'

export function defineGlassShow(group: Command, context: Context): void {
  group
    .command('show')
    .description('show the public side of the recovery key: compare the fingerprint with the card')
    .option('--json', 'print all generations as JSON, newest first')
    .addHelpText('after', example('redoma glass show'))
    .action(async (options: { json?: true }) => {
      await using instance = await context.services.openInstance()
      const generations = await instance.catalogue.generations.list()
      const { terminal } = context
      if (options.json) {
        terminal.printJson(generations.map(generationJson))
        return
      }
      const [current] = generations
      if (current === undefined) {
        throw new RedomaError('CEREMONY_MISSING', 'no ceremony was held yet', {
          hint: 'redoma glass ceremony --out DIR',
        })
      }
      const pairs = [
        ['generation', String(current.number)],
        ['profile', current.profile],
        ['held', formatTime(current.heldAt)],
        ['recipient', current.recipient],
        ['fingerprint', current.fingerprint],
      ] as const
      terminal.print(...facts(pairs, terminal.style))
    })
}

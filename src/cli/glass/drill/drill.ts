import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { defineDrillAnswer } from './answer.ts'
import { defineDrillOpen } from './open.ts'
import { defineDrillPolicy } from './policy.ts'
import { defineDrillStart } from './start.ts'
import { defineDrillStatus } from './status.ts'

export function defineDrill(group: Command, context: Context): void {
  const drill = group
    .command('drill')
    .description('prove that guardians can still open the recovery key, without opening anything')
  defineDrillStart(drill, context)
  defineDrillOpen(drill, context)
  defineDrillAnswer(drill, context)
  defineDrillStatus(drill, context)
  defineDrillPolicy(drill, context)
}

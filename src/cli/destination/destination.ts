import type { Command } from 'commander'
import { summaryOf } from '../commands.ts'
import type { Context } from '../context.ts'
import { defineDestinationAdd } from './add.ts'
import { defineDestinationList } from './list.ts'
import { defineDestinationRemove } from './remove.ts'
import { defineDestinationShow } from './show.ts'
import { defineDestinationTest } from './test.ts'

export function defineDestination(program: Command, context: Context): void {
  const group = program.command('destination').description(summaryOf('destination'))
  defineDestinationAdd(group, context)
  defineDestinationList(group, context)
  defineDestinationShow(group, context)
  defineDestinationTest(group, context)
  defineDestinationRemove(group, context)
}

import type { Command } from 'commander'
import { summaryOf } from '../commands.ts'
import type { Context } from '../context.ts'
import { defineSourceAdd } from './add.ts'
import { defineSourceList } from './list.ts'
import { defineSourceRemove } from './remove.ts'
import { defineSourceShow } from './show.ts'

export function defineSource(program: Command, context: Context): void {
  const group = program.command('source').description(summaryOf('source'))
  defineSourceAdd(group, context)
  defineSourceList(group, context)
  defineSourceShow(group, context)
  defineSourceRemove(group, context)
}

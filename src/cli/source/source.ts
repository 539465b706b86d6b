import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineSourceAdd } from './add.ts'
import { defineSourceList } from './list.ts'
import { defineSourceRemove } from './remove.ts'
import { defineSourceShow } from './show.ts'

export function defineSource(group: Command, context: Context): void {
  defineSourceAdd(group, context)
  defineSourceList(group, context)
  defineSourceShow(group, context)
  defineSourceRemove(group, context)
}

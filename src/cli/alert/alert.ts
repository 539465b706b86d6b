import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineAlertAdd } from './add.ts'
import { defineAlertList } from './list.ts'
import { defineAlertRemove } from './remove.ts'
import { defineAlertShow } from './show.ts'
import { defineAlertTest } from './test.ts'

export function defineAlert(group: Command, context: Context): void {
  defineAlertAdd(group, context)
  defineAlertList(group, context)
  defineAlertShow(group, context)
  defineAlertTest(group, context)
  defineAlertRemove(group, context)
}

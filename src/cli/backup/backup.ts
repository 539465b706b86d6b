import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineBackupCreate } from './create.ts'
import { defineBackupList } from './list.ts'
import { defineBackupLog } from './log.ts'
import { defineBackupShow } from './show.ts'

export function defineBackup(group: Command, context: Context): void {
  defineBackupCreate(group, context)
  defineBackupList(group, context)
  defineBackupShow(group, context)
  defineBackupLog(group, context)
}

import type { Command } from 'commander'
import { summaryOf } from '../commands.ts'
import type { Context } from '../context.ts'
import { defineBackupCreate } from './create.ts'
import { defineBackupList } from './list.ts'
import { defineBackupLog } from './log.ts'
import { defineBackupShow } from './show.ts'

export function defineBackup(program: Command, context: Context): void {
  const group = program.command('backup').description(summaryOf('backup'))
  defineBackupCreate(group, context)
  defineBackupList(group, context)
  defineBackupShow(group, context)
  defineBackupLog(group, context)
}

import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineBackupFind, defineBackupLs } from './browse.ts'
import { defineBackupCat } from './cat.ts'
import { defineBackupCopy } from './copy.ts'
import { defineBackupCreate } from './create.ts'
import { defineBackupDiff } from './diff.ts'
import { defineBackupFollow } from './follow.ts'
import { defineBackupForget } from './forget.ts'
import { defineBackupList } from './list.ts'
import { defineBackupLog } from './log.ts'
import { defineBackupPrune } from './prune.ts'
import { defineBackupRepair } from './repair.ts'
import { defineBackupShow } from './show.ts'
import { defineBackupSnapshots } from './snapshots.ts'
import { defineBackupStop } from './stop.ts'
import { defineBackupTar } from './tar.ts'
import { defineBackupUnlock } from './unlock.ts'
import { defineBackupVerify } from './verify.ts'

export function defineBackup(group: Command, context: Context): void {
  defineBackupCreate(group, context)
  defineBackupList(group, context)
  defineBackupShow(group, context)
  defineBackupFollow(group, context)
  defineBackupStop(group, context)
  defineBackupSnapshots(group, context)
  defineBackupLs(group, context)
  defineBackupFind(group, context)
  defineBackupDiff(group, context)
  defineBackupCat(group, context)
  defineBackupTar(group, context)
  defineBackupCopy(group, context)
  defineBackupVerify(group, context)
  defineBackupRepair(group, context)
  defineBackupUnlock(group, context)
  defineBackupForget(group, context)
  defineBackupPrune(group, context)
  defineBackupLog(group, context)
}

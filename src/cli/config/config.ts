import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineConfigApply } from './apply.ts'
import { defineConfigExport } from './export.ts'
import { defineConfigHttps } from './https.ts'
import { defineConfigOpenId } from './openid.ts'
import { defineConfigRestoreRoot } from './restore-root.ts'

export function defineConfig(group: Command, context: Context): void {
  defineConfigExport(group, context)
  defineConfigApply(group, context)
  defineConfigHttps(group, context)
  defineConfigOpenId(group, context)
  defineConfigRestoreRoot(group, context)
}

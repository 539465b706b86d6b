import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineUserAdd } from './add.ts'
import { defineUserChanges } from './change.ts'
import { defineUserInvite, defineUserReset } from './invite.ts'
import { defineUserList } from './list.ts'
import { defineUserOpenId } from './openid.ts'
import { defineUserPasskeys } from './passkeys.ts'
import { defineUserRemove } from './remove.ts'

export function defineUser(group: Command, context: Context): void {
  defineUserInvite(group, context)
  defineUserAdd(group, context)
  defineUserList(group, context)
  defineUserChanges(group, context)
  defineUserPasskeys(group, context)
  defineUserOpenId(group, context)
  defineUserReset(group, context)
  defineUserRemove(group, context)
}

import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineTokenCreate } from './create.ts'
import { defineTokenList } from './list.ts'
import { defineTokenRevoke } from './revoke.ts'

export function defineToken(group: Command, context: Context): void {
  defineTokenCreate(group, context)
  defineTokenList(group, context)
  defineTokenRevoke(group, context)
}

import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineApprovalAnswers } from './answer.ts'
import { defineApprovalList } from './list.ts'
import { defineApprovalRules } from './rules.ts'
import { defineApprovalShow } from './show.ts'

export function defineApproval(group: Command, context: Context): void {
  defineApprovalList(group, context)
  defineApprovalShow(group, context)
  defineApprovalAnswers(group, context)
  defineApprovalRules(group, context)
}

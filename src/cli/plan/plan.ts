import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { definePlanAdd } from './add.ts'
import { definePlanEdit } from './edit.ts'
import { definePlanList } from './list.ts'
import { definePlanRemove } from './remove.ts'
import { definePlanShow } from './show.ts'
import { definePlanDisable, definePlanEnable } from './switch.ts'

export function definePlan(group: Command, context: Context): void {
  definePlanAdd(group, context)
  definePlanList(group, context)
  definePlanShow(group, context)
  definePlanEdit(group, context)
  definePlanEnable(group, context)
  definePlanDisable(group, context)
  definePlanRemove(group, context)
}

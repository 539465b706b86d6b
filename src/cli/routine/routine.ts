import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineRoutineList } from './list.ts'
import { defineRoutineSet } from './set.ts'

export function defineRoutine(group: Command, context: Context): void {
  defineRoutineList(group, context)
  defineRoutineSet(group, context)
}

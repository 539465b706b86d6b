import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineKeyShow } from './show.ts'

export function defineKey(group: Command, context: Context): void {
  defineKeyShow(group, context)
}

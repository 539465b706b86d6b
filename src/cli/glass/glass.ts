import type { Command } from 'commander'
import { summaryOf } from '../commands.ts'
import type { Context } from '../context.ts'
import { defineCeremony } from './ceremony.ts'
import { defineGlassShow } from './show.ts'

export function defineGlass(program: Command, context: Context): void {
  const group = program.command('glass').description(summaryOf('glass'))
  defineCeremony(group, context)
  defineGlassShow(group, context)
}

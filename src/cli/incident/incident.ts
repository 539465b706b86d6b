import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineIncidentAcknowledge } from './acknowledge.ts'
import { defineIncidentList } from './list.ts'
import { defineIncidentShow } from './show.ts'

export function defineIncident(group: Command, context: Context): void {
  defineIncidentList(group, context)
  defineIncidentShow(group, context)
  defineIncidentAcknowledge(group, context)
}

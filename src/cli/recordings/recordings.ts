import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { defineRecordingsList } from './list.ts'
import { defineRecordingsOpen } from './open.ts'

export function defineRecordings(group: Command, context: Context): void {
  defineRecordingsList(group, context)
  defineRecordingsOpen(group, context)
}

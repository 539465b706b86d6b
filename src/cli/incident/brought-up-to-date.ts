import { isRedomaError } from '../../core/errors.ts'
import type { Context } from '../context.ts'
import type { OpenInstance } from '../services.ts'

/**
 * What is found out by looking counts, however long nobody looked. A catalogue that cannot be written to shows what it has: its disk being full
 * is when people look.
 */
export async function bringIncidentsUpToDate(
  { keepIncidents }: OpenInstance,
  { terminal }: Context,
): Promise<void> {
  try {
    await keepIncidents()
  } catch (error) {
    if (!isRedomaError(error, 'FILE_FAILED')) throw error
    terminal.note(
      `${terminal.noteStyle.yellow('warning:')} what is wrong was not brought up to date: ${error.message}`,
    )
  }
}

import type { OpenInstance, Services } from '../cli/services.ts'
import type { Terminal } from '../cli/terminal.ts'
import type { Clock } from '../ports/clock.ts'
import type { Settings } from './settings.ts'

/** Builds everything. Modules are loaded by who needs them: `redoma --help` opens no catalogue. */
export function wire(settings: Settings, clock: Clock, terminal: Terminal): Services {
  const { home, logFolder, hostName } = settings
  return {
    home,
    logFolder,
    hostName,
    async createInstance(name) {
      const { createInstance } = await import('../catalogue/create-instance.ts')
      return createInstance(home, name, clock)
    },
    async openInstance(): Promise<OpenInstance> {
      const { openInstance } = await import('./open-instance.ts')
      return openInstance(settings, clock, (message) => {
        terminal.note(`${terminal.noteStyle.yellow('warning:')} ${message}`)
      })
    },
  }
}

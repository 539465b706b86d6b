import { join } from 'node:path'
import { playEmergency } from './demo/emergency.ts'
import { protectEverything } from './demo/protect.ts'
import { report } from './demo/report.ts'
import { setStage } from './demo/stage.ts'

/** The main job, done for real in `./demo`: copies of everything are made, and all of it comes back from the copies alone. */
const project = join(import.meta.dirname, '..')
const begun = performance.now()

try {
  const stage = setStage(project)
  const done = protectEverything(project, stage)
  const emergency = playEmergency(project, stage)
  const seconds = (performance.now() - begun) / 1000
  console.log(report(stage, done, emergency, seconds))
  process.exitCode = emergency.every(({ differences }) => differences.length === 0) ? 0 : 1
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`)
  console.error('Remove the folder demo/ to begin anew.')
  process.exitCode = 1
}

import fc from 'fast-check'
import { test } from 'vitest'
import { programMissing } from '../support/programs.ts'
import { carryOut } from './modelling/carry-out.ts'
import { type Command, command } from './modelling/commands.ts'
import { aWorld, requireAsModelled } from './modelling/world.ts'

/** Of each lane. All are run, however long it takes: fewer would be a promise not kept. */
const numRuns = process.env['SLOW'] === undefined ? 100 : 1_500
/** Two at a time: most of a sequence is the start of threads, each of which is more than what it does. */
test.skipIf(programMissing('restic')).concurrent.each([1, 2])(
  `whatever commands follow each other, each snapshot stays what it was, in ${numRuns} sequences (lane %i)`,
  { timeout: numRuns * 20_000 },
  async () => {
    const commands = fc.array(command, { minLength: 3, maxLength: 8 })
    await fc.assert(fc.asyncProperty(commands, runSequence), { numRuns, endOnFailure: true })
  },
)

async function runSequence(commands: readonly Command[]): Promise<void> {
  await using world = await aWorld()
  for (const one of commands) {
    world.steps += 1
    await carryOut(world, one)
  }
  for (const side of world.sides) await requireAsModelled(world, side)
}

import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { openRepository } from '../../../src/repository/open.ts'
import { type MomentOfDeath, mortalDestination, type Traffic } from '../../support/mortal-destination.ts'
import { carryOut, type Made, placeOfTasks, type Task } from './tasks.ts'

/* A program that carries out tasks, one a line, and is killed, or kills itself at a change that it makes. It says a line whenever it
   can begin, and one for each task that was done. */

export interface Order {
  readonly at: string
  readonly task: Task
  /** 0: at none. */
  readonly dieAt: number
  readonly moment: MomentOfDeath
}

export interface Done extends Traffic {
  readonly made: Made
}

const { signal } = new AbortController()
const ready = '"ready"\n'
process.stdout.write(ready)
for await (const line of createInterface({ input: process.stdin })) {
  const { at, task, ...death } = JSON.parse(line) as Order
  const seen: Traffic[] = []
  const place = placeOfTasks(at, (inner) => {
    const { destination, traffic } = mortalDestination(inner, death)
    seen.push(traffic)
    return destination
  })
  using repository = await openRepository(place, signal)
  const made = await carryOut(repository, task)
  const [traffic = { changes: 0, putBytes: 0 }] = seen
  flushCompileCache() // Who is killed leaves none.
  process.stdout.write(`${JSON.stringify({ ...traffic, made } satisfies Done)}\n${ready}`)
}

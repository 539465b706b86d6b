import type { MomentOfDeath } from '../../support/mortal-destination.ts'
import { type Random, shuffled } from '../../support/seeded-random.ts'
import type { Task } from './tasks.ts'
import type { Done } from './victim.ts'

/** When a process is killed. */
export type Death =
  | { readonly kind: 'none' }
  | { readonly kind: 'at a change'; readonly dieAt: number; readonly moment: MomentOfDeath }
  | { readonly kind: 'in time'; readonly afterMs: number }
  /** When so many files have got their names in the folder that is restored to. */
  | { readonly kind: 'in the target'; readonly target: string; readonly files: number }

/** `done` is what reached us, be it that the process was killed just afterwards. */
export interface Outcome {
  readonly killed: boolean
  readonly done: Done | undefined
  readonly tookMs: number
}

type Change = Extract<Death, { kind: 'at a change' }>

export interface Deaths {
  /** @param files that a restore will write */
  next(task: Task, files: number): Death
  /** How long the work takes, and how many changes it makes, is learnt from those who survived. */
  learn(task: Task, outcome: Outcome): void
}

/** One in four is at any time; the others go through all changes in turn, in no order, so that each phase is met soon. */
const timedOneIn = 4

export function makeDeaths(random: Random): Deaths {
  const changes = { backup: 16, prune: 24, restore: 2 }
  const tookMs = { backup: 250, prune: 150, restore: 250 }
  const decks: Record<Task['kind'], Change[]> = { backup: [], prune: [], restore: [] }

  function nextChange(kind: Task['kind']): Change {
    if (decks[kind].length === 0) decks[kind] = shuffled(everyChange(changes[kind], random), random)
    return decks[kind].pop() ?? { kind: 'at a change', dieAt: 1, moment: 'after' }
  }

  return {
    next(task, files) {
      if (random(timedOneIn) === 0 || (task.kind === 'restore' && files === 0))
        return { kind: 'in time', afterMs: random(tookMs[task.kind]) }
      if (task.kind === 'restore')
        return { kind: 'in the target', target: task.target, files: 1 + random(files) }
      return nextChange(task.kind)
    },
    learn({ kind }, { killed, done, tookMs: took }) {
      if (killed || done === undefined) return
      changes[kind] = done.changes
      tookMs[kind] = Math.ceil(took)
    },
  }
}

function everyChange(count: number, random: Random): Change[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'at a change',
    dieAt: index + 1,
    moment: random(4) === 0 ? 'midway' : 'after',
  }))
}

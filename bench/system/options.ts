import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'

export const workNames = ['libraries', 'small', 'random', 'prune'] as const
export type WorkName = (typeof workNames)[number]

export interface BenchOptions {
  readonly works: readonly WorkName[]
  readonly rounds: number
  /** 1 as the marks say; 0.1 for a quick look. */
  readonly scale: number
  readonly folder: string
  /** Of the figures, as `2026-01-31`. */
  readonly date: string
  readonly isWritten: boolean
}

export const usage = `npm run bench -- [--only libraries,small,random,prune] [--rounds 5] [--scale 1] [--folder /tmp] [--write --date YYYY-MM-DD]

--scale 0.1 --rounds 1 is a quick look. --write puts the figures into docs/benchmarks.md, with the date that is given.`

export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: workNames.join() },
      rounds: { type: 'string', default: '5' },
      scale: { type: 'string', default: '1' },
      folder: { type: 'string', default: tmpdir() },
      date: { type: 'string', default: '' },
      write: { type: 'boolean', default: false },
    },
  })
  if (values.write && values.date === '') throw new Error('--write needs --date')
  return {
    works: values.only.split(',').map(workName),
    rounds: aboveZero(values.rounds),
    scale: aboveZero(values.scale),
    folder: values.folder,
    date: values.date,
    isWritten: values.write,
  }
}

function workName(text: string): WorkName {
  const found = workNames.find((name) => name === text)
  if (found === undefined) throw new Error(`no work "${text}"; there are ${workNames.join(', ')}`)
  return found
}

function aboveZero(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`"${text}" is not a number above 0`)
  return value
}

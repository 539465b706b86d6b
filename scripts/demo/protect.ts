import { join } from 'node:path'
import { z } from 'zod'
import { redomaWithHome, step } from './redoma.ts'
import type { Stage } from './stage.ts'

const runJson = z.object({
  run: z.number(),
  state: z.string(),
  parts: z.array(
    z.object({
      job: z.enum(['secrets', 'system', 'recordings']),
      source: z.string(),
      outcome: z.looseObject({ kind: z.string() }),
      figures: z.object({
        items: z.number(),
        itemsNew: z.number(),
        bytes: z.number(),
        bytesStored: z.number(),
      }),
      product: z.string().optional(),
      seconds: z.number(),
    }),
  ),
})

/** What `redoma backup create --json` says. */
export type Run = z.infer<typeof runJson>

/** What the administrator does: once the setting up, each time the backup and its verification. */
export function protectEverything(project: string, stage: Stage): Run {
  const redoma = redomaWithHome(project, stage.home)
  console.log(stage.isFirst ? '\nSetting up an instance' : '\nThe instance of the last time is there')
  if (stage.isFirst) setUp(project, stage)
  console.log('\nBacking up')
  const { value } = step('redoma backup create', () => redoma(['backup', 'create', '--json']))
  step('redoma backup verify --read-data', () => redoma(['backup', 'verify', '--read-data']))
  return runJson.parse(JSON.parse(value))
}

function setUp(project: string, stage: Stage): void {
  const vault = join(project, 'demo-data/sample-vault.json')
  const commands: readonly (readonly string[])[] = [
    ['init', '--name', 'demo'],
    ['credential', 'import', vault],
    ['glass', 'ceremony', '--password-file', stage.masterPassword, '--out', stage.glass],
    ['source', 'add', 'files', '--files', stage.files],
    ['source', 'add', 'sessions', '--recordings', stage.recordings],
    ['destination', 'add', 'copies', '--local', stage.copies],
  ]
  const redoma = redomaWithHome(project, stage.home)
  for (const words of commands) {
    const shown = words.map((word) => word.replace(`${project}/`, '')).join(' ')
    step(`redoma ${shown}`, () => redoma(words))
  }
}

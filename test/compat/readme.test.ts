import { execFileSync } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AgeProfile } from '../../src/crypto/age/recipients.ts'
import { aCopyFolder, type CopyFolder } from '../support/copy-folder.ts'
import { newerProgram } from '../support/newer-programs.ts'
import { playAtTerminal, type Typing } from '../support/play-at-terminal.ts'
import { programMissing } from '../support/programs.ts'
import { commandsOf } from '../support/readme-commands.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const languages = [
  { language: 'English', password: 'with the master password', cards: 'with cards' },
  { language: 'Portuguese', password: 'com a senha mestra', cards: 'com cartões' },
] as const
const isMissing = ['age', 'unzip', 'python3'].some((name) => programMissing(name))
const slip39 = fileURLToPath(new URL('../../node_modules/slip39', import.meta.url))

/** What somebody with README.txt and nothing else types: the commands as they stand there. */
describe.skipIf(isMissing).each(['classic', 'pq'] as const)(
  'README.txt of a copy with a %s key',
  (profile) => {
    let copy: CopyFolder
    let tools: Awaited<ReturnType<typeof temporaryFolder>>
    beforeAll(async () => {
      copy = await aCopyFolder(profile)
      tools = await toolsFor(profile)
    })
    afterAll(async () => {
      await copy[Symbol.asyncDispose]()
      await tools[Symbol.asyncDispose]()
    })
    const there = (): string => join(copy.path, 'secrets')

    test.each(languages)(
      'opens the newest bundle by its $language commands and the master password',
      async (words) => {
        const commands = await commandsIn(there(), words.password)

        const { code, stdout } = await typed(commands, [
          { at: 'passphrase', type: copy.password, hidden: true },
        ])

        expect(code).toBe(0)
        expect(stdout).toContain(`"Router 1","password","admin","=cmd|'/c calc'!A1 ""p;ä🔑 1"`)
      },
    )

    test.each(languages)('opens it by its $language commands and the cards of guardians', async (words) => {
      const { board, operations } = copy.cards
      await mkdir(join(there(), 'node_modules'), { recursive: true })
      await symlink(slip39, join(there(), 'node_modules/slip39')).catch(() => undefined)
      await writeFile(join(there(), 'cards.txt'), [board[0], operations[0], board[2]].join('\n'))
      const [recover = ''] = await commandsIn(there(), words.cards)

      const passphrase = execFileSync('sh', ['-ec', recover], { cwd: there(), encoding: 'utf8' }).trim()
      const commands = await commandsIn(there(), words.password)
      const { code, stdout } = await typed(
        commands.map((line) => line.replace('identity.password.age', 'identity.quorum.age')),
        [{ at: 'passphrase', type: passphrase, hidden: true }],
      )

      expect(passphrase).toMatch(/^[0-9a-f]{32}$/)
      expect(code).toBe(0)
      expect(stdout).toContain('p;ä🔑 1')
    })

    function typed(commands: readonly string[], steps: readonly Typing[]) {
      const script = ['set -e', ...commands, 'rm -r "$D"'].join('\n')
      const path = [tools.path, process.env['PATH'] ?? ''].join(delimiter)
      return playAtTerminal(['sh', '-c', script], steps, { cwd: there(), env: { PATH: path } })
    }
  },
)

/** A folder that comes first on PATH: a key of the profile pq wants the newer age, as README.txt says. */
async function toolsFor(profile: AgeProfile) {
  const folder = await temporaryFolder()
  const age = profile === 'pq' ? newerProgram('age') : undefined
  if (age !== undefined) await symlink(age, join(folder.path, 'age'))
  return folder
}

async function commandsIn(folder: string, heading: string): Promise<string[]> {
  return commandsOf(await readFile(join(folder, 'README.txt'), 'utf8'), heading)
}

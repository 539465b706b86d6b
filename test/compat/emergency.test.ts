import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildOpenMjs } from '../../scripts/openers/open-mjs.ts'
import { aCopyFolder, type CopyFolder } from '../support/copy-folder.ts'
import { playAtTerminal, type Typing } from '../support/play-at-terminal.ts'
import { programMissing } from '../support/programs.ts'
import { commandsUnder } from '../support/readme-commands.ts'
import { redomaProgram } from '../support/redoma.ts'
import { systemNode } from '../support/system-node.ts'

const page = new URL('../../docs/operator/emergency.md', import.meta.url)
const node = systemNode()
const isMissing = node === undefined || programMissing('python3')

/** What somebody types who has `emergency.md` before him: its commands as they stand, with the names filled in. */
describe.skipIf(isMissing)('emergency.md, to get the passwords back', () => {
  let copy: CopyFolder
  let commands: readonly string[]
  const out = (): string => join(copy.path, 'usb')
  beforeAll(async () => {
    copy = await aCopyFolder('classic')
    await writeFile(join(copy.path, 'open.mjs'), await buildOpenMjs())
    const { board, operations } = copy.cards
    await writeFile(join(copy.path, 'cards.txt'), [board[0], operations[0], board[2]].join('\n'))
    await mkdir(out())
    commands = commandsUnder(await readFile(page, 'utf8'), '1. Get the passwords back', [
      ['NAME.age', basename(copy.bundle)],
      ['vcenter', 'router'],
      ['/media/usb', out()],
      ['/dev/shm', out()],
    ])
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  test('has the commands that are tried here', () => {
    expect(commands.map((command) => command.replace(/\S+\.age.*/, '').trim())).toEqual([
      ...['node open.mjs', 'redoma glass open'],
      ...Array.from({ length: 4 }, () => 'node open.mjs'),
    ])
  })

  test.each([
    [0, 'node open.mjs'],
    [1, 'redoma glass open'],
  ])('lets one search, command %i, %s', async (which) => {
    const { code, stdout } = await typed(which, [
      { at: '[P/c]', type: '' },
      { at: 'Master password', type: copy.password, hidden: true },
      { at: 'search>', type: 'router 1' },
      { at: 'A number shows that one', type: '1' },
      { at: 'Enter hides it', type: '' },
      { at: 'search>', type: 'q' },
    ])

    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toContain('p;ä🔑 1')
  })

  test('shows what is searched for without the dialogue', async () => {
    const { code, stdout } = await typed(2, byPassword())

    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(stdout).toContain('p;ä🔑 1')
  })

  test('makes a KeePass database', async () => {
    const asked = [...byPassword(), ...['New password', 'gain'].map(newPassword)]

    const { code, stdout } = await typed(3, asked)

    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(await readdir(out())).toContain('vault.kdbx')
  })

  test('unpacks everything as files', async () => {
    const { code, stdout } = await typed(4, byPassword())

    expect({ code, stdout }).toMatchObject({ code: 0 })
    expect(await readFile(join(out(), 'bundle/secrets.csv'), 'utf8')).toContain('p;ä🔑 1')
  })

  test('opens with the cards of a file', async () => {
    const { code, stdout } = await typed(5, [
      { at: 'search>', type: 'router 1' },
      { at: 'A number shows that one', type: 'q' },
    ])

    expect({ code, stdout }).toMatchObject({ code: 0 })
  })

  const byPassword = (): Typing[] => [
    { at: '[P/c]', type: '' },
    { at: 'Master password', type: copy.password, hidden: true },
  ]
  const newPassword = (at: string): Typing => ({ at, type: 'another password', hidden: true })

  function typed(which: number, steps: readonly Typing[]) {
    const programs = [dirname(node ?? ''), dirname(redomaProgram), process.env['PATH'] ?? '']
    const env = { PATH: programs.join(delimiter), COLUMNS: '200' }
    return playAtTerminal(['sh', '-c', commands[which] ?? 'false'], steps, { cwd: copy.path, env })
  }
})

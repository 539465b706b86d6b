import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCopyFolder, type CopyFolder } from '../support/copy-folder.ts'
import { playAtTerminal, type Typing } from '../support/play-at-terminal.ts'
import { type Redoma, redomaAt, redomaProgram } from '../support/redoma.ts'

describe('a bundle is opened by several guardians', () => {
  let copy: CopyFolder
  let elsewhere: Redoma
  const open = (cards: readonly string[], ...words: string[]) =>
    elsewhere.run(['glass', 'open', copy.bundle, '--shares-file', '-', '--json', ...words], cards.join('\n'))

  beforeAll(async () => {
    copy = await aCopyFolder('classic')
    elsewhere = redomaAt(join(copy.path, 'nowhere'))
  })
  afterAll(() => copy[Symbol.asyncDispose]())

  test('from their cards in a file, in whatever order', async () => {
    const { board, operations } = copy.cards

    const { code, stdout } = await open([operations[0] ?? '', board[2] ?? '', '', '# Ana', board[0] ?? ''])

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ manifest: { generation: { number: 3 } } })
  })

  test('who are told how many more are needed, and of which group', async () => {
    const { code, stderr } = await open(copy.cards.board.slice(0, 1))

    expect(code).toBe(5)
    expect(stderr).toContain('1 more card of "board"')
  })

  test('who are told which card is of another generation, which is there twice, and which word is wrong', async () => {
    const { board, operations } = copy.cards
    const words = (board[0] ?? '').split(' ')
    const mistyped = words.with(3, words[3] === 'academic' ? 'acid' : 'academic').join(' ')

    const old = await open([board[0] ?? '', copy.olderCards[1] ?? ''])
    const twice = await open([operations[0] ?? '', operations[0] ?? ''])
    const wrong = await open([operations[0] ?? '', mistyped])

    expect(old).toMatchObject({ code: 5 })
    expect(old.stderr).toContain('Card 2 belongs to another set: generation 2')
    expect(twice.stderr).toContain('the card on line 2: the same card was given twice')
    expect(wrong.code).toBe(6)
    // What a script says is kept in logs: where, and not which word.
    expect(wrong.stderr).toContain('line 2: look at word 4')
    expect(wrong.stderr).not.toContain('“')
  })

  test('who may be those of the generation before, for a bundle of theirs', async () => {
    await writeFile(join(copy.path, 'cards'), copy.olderCards.slice(1).join('\n'))
    const words = ['glass', 'open', copy.olderBundle, '--shares-file', join(copy.path, 'cards'), '--json']

    expect(JSON.parse((await elsewhere.run(words)).stdout)).toMatchObject({
      manifest: { generation: { number: 2 } },
    })
  })

  test('who type them at a terminal, are helped with a mistyped word, and search then', async () => {
    const { board, operations } = copy.cards
    const first = (board[1] ?? '').split(' ')
    const steps: Typing[] = [
      { at: 'cards of guardians? [P/c]', type: 'seldom-Quartz 71' },
      { at: 'Enter alone does, too', type: 'c' },
      { at: 'word 1>', type: `${first[0] ?? ''} ${(first[1] ?? '').replace(/^(....).*/, '$1')}` },
      {
        at: 'word 3>',
        type: first
          .slice(2)
          .with(1, first[3] === 'academic' ? 'acid' : 'academic')
          .join(' '),
      },
      { at: 'Enter takes it so', type: '' },
      { at: 'Still needed: 1 more card of "board"', type: copy.olderCards[0] ?? '' },
      { at: 'belongs to another set: generation 2', type: board[0] ?? '' },
      { at: 'Still needed:', type: operations[0] ?? '' },
      { at: 'search>', type: 'router 2' },
      { at: '1 credential', type: '1' },
      { at: 'Enter hides it.', type: '' },
      { at: 'search>', type: 'q' },
    ]

    const { code, stdout, stderr } = await playAtTerminal(
      [redomaProgram, 'glass', 'open', copy.bundle],
      steps,
      {
        env: { HOME: join(copy.path, 'nowhere') },
      },
    )

    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('A\u001b[J')
    expect(stdout).toContain('these are enough')
    expect(stdout).toContain('p;ä🔑 2')
    // What was shown and typed is on the other screen, which is gone.
    const [before = '', ...others] = stdout.split('\u001b[?1049h')
    const stays = [before, ...others.map((part) => part.split('\u001b[?1049l')[1] ?? '')].join('')
    expect(stays).toContain('search>')
    expect(stays).not.toContain('p;ä🔑 2')
    expect(stays).not.toContain(first[2] ?? '')
  })

  test('or by the master password, where a script has it', async () => {
    const words = ['glass', 'open', copy.bundle, '--password-file', '-', '--json']

    expect((await elsewhere.run(words, copy.password)).code).toBe(0)
  })
})

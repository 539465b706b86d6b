import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { RedomaError } from '../core/errors.ts'
import { describeFailure, failureLines } from './failure.ts'
import { formatBytes, formatSpan } from './figures.ts'
import { nearName } from './near-names.ts'
import { parseSize } from './parse.ts'
import { displayWidth, printable } from './printable.ts'
import { progressLine } from './progress-bar.ts'
import { readLine } from './read-line.ts'
import { parseSnapshotPath } from './restore/snapshot-path.ts'
import { splitWords } from './source/split-words.ts'
import { makeStyle } from './style.ts'
import { table } from './table.ts'

describe('words that come out', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1_288_490_189, '1.2 GiB'],
    [1024 ** 3 - 1, '1.0 GiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test.each([
    [40, '0.0 s'],
    [12_345, '12 s'],
    [185_000, '3 min 5 s'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms are %s', (span, text) => {
    expect(formatSpan(span)).toBe(text)
  })

  test('other people’s words cannot steer the terminal or turn its direction', () => {
    expect(printable('a\u001b[2Jb\nc\u202etxt')).toBe('a\\u{1b}[2Jb\\nc\\u{202e}txt')
  })

  test('columns are aligned, with wide letters counted as wide', () => {
    const lines = table(
      [{ title: 'A' }, { title: 'B', align: 'right' }],
      [
        ['更新', '1'],
        ['x', '22'],
      ],
      makeStyle(false),
    )

    expect(lines).toEqual(['A      B', '更新   1', 'x     22'])
    expect(displayWidth('更新')).toBe(4)
  })

  test('an error is three lines at most: what, why, what to do', () => {
    const error = new RedomaError('FILE_FAILED', 'cannot write', {
      hint: 'Free space.',
      cause: new Error('full\nx'),
    })

    expect(failureLines(describeFailure(error), makeStyle(false))).toEqual([
      'error: cannot write',
      'why:   full\\nx',
      'try:   Free space.',
    ])
  })

  test('progress tells share, amount, rate and time left', () => {
    const step = { kind: 'step', title: 'Reading', unit: 'bytes' } as const

    const line = progressLine({
      step,
      done: 512 * 1024,
      total: 1024 * 1024,
      detail: undefined,
      elapsedMs: 1000,
    })

    expect(line).toBe('Reading  ━━━━━━━━━━━━──────────── 50 %  512 KiB of 1.0 MiB  512 KiB/s  1.0 s left')
  })
})

describe('words that come in', () => {
  test.each([
    ['4096', 4096],
    ['500M', 500 * 1024 ** 2],
    ['1.5 GiB', 1.5 * 1024 ** 3],
  ])('%s is a size', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  test.each(['', 'much', '-1', '5 apples'])('%j is no size', (text) => {
    expect(() => parseSize(text)).toThrow('is not a size')
  })

  test('slips propose the near name, and nothing else does', () => {
    const names = ['credential', 'source', 'destination']
    expect(nearName('sorce', names)).toBe('source')
    expect(nearName('cred', names)).toBe('credential')
    expect(nearName('xyz', names)).toBeUndefined()
  })

  test('a command line is split as a shell would, and nothing of it is run', () => {
    expect(splitWords(`/bin/x --name "two words" 'a"b' c\\ d "" $HOME;ls`)).toEqual([
      '/bin/x',
      '--name',
      'two words',
      'a"b',
      'c d',
      '',
      '$HOME;ls',
    ])
    expect(() => splitWords('/bin/x "open')).toThrow('does not end')
  })

  test('a snapshot may be followed by a path, which is absolute', () => {
    expect(parseSnapshotPath('latest:/etc/a:b')).toEqual({ snapshot: 'latest', path: '/etc/a:b' })
    expect(() => parseSnapshotPath('latest:etc')).toThrow('not absolute')
  })

  test('each question gets the next line of a pipe, however it is cut', async () => {
    const input = new PassThrough()
    for (const part of ['fir', 'st\nsec', 'ond\r\nlast']) input.write(part)
    input.end()

    const lines = [await readLine(input), await readLine(input), await readLine(input), await readLine(input)]

    expect(lines).toEqual(['first', 'second', 'last', undefined])
  })
})

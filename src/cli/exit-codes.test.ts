import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exitCodeMeanings, exitCodeOfAll, exitCodes } from './exit-codes.ts'

test('several failures have the exit code of all of them, or are failed', () => {
  const { done, failed, busy } = exitCodes

  expect([[], [busy], [busy, busy], [busy, failed]].map(exitCodeOfAll)).toEqual([done, busy, busy, failed])
})

test('the handbook has the exit codes that the program has', () => {
  const page = readFileSync(new URL('../../docs/operator/exit-codes.md', import.meta.url), 'utf8')
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[]
  const rows = names.map((name) => `| ${exitCodes[name]} | ${exitCodeMeanings[name]} |`)

  expect(page.match(/^\| \d.*$/gm)).toEqual(rows)
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exitCodeMeanings, exitCodes } from './exit-codes.ts'

test('the handbook has the exit codes that the program has', () => {
  const page = readFileSync(new URL('../../docs/operator/exit-codes.md', import.meta.url), 'utf8')
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[]
  const rows = names.map((name) => `| ${exitCodes[name]} | ${exitCodeMeanings[name]} |`)

  expect(page.match(/^\| \d.*$/gm)).toEqual(rows)
})

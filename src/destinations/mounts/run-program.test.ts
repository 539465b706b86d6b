import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { until } from '../../../test/support/kernel-mounts/commands.ts'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import { runProgram } from './run-program.ts'

const { signal } = new AbortController()
const limits = { milliseconds: 10_000 }

test('a program’s end and its complaint are told, on one line', async () => {
  const end = await runProgram('sh', ['-c', 'printf "no\\nmore\\033[31m" >&2; exit 32'], limits, signal)

  expect(end).toEqual({ status: 32, why: 'ended', complaint: 'no more [31m' })
})

test('a program gets nothing of our environment, and speaks English', async () => {
  const { complaint } = await runProgram('sh', ['-c', 'env >&2'], limits, signal)

  expect(complaint.split(' ').filter((line) => /^(PATH|LC_ALL|HOME|USER)=/.test(line))).toEqual(
    expect.arrayContaining(['LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin']),
  )
  expect(complaint).not.toMatch(/HOME=|USER=|NODE/)
})

test('a program that is not there is told from one that fails', async () => {
  expect(await runProgram('never-there', [], limits, signal)).toMatchObject({ why: 'not-installed' })
})

test('a program that hangs is killed with all that it started, and not waited for', async () => {
  await using folder = await temporaryFolder()
  const script = `sleep 600 & echo $! > ${folder.path}/pid; wait`

  expect(await runProgram('sh', ['-c', script], { milliseconds: 500 }, signal)).toMatchObject({
    why: 'too-long',
    status: undefined,
  })

  const pid = (await readFile(`${folder.path}/pid`, 'utf8')).trim()
  await until('what it started is gone', async () =>
    /gone|\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone')),
  )
})

test('a program is stopped by its signal', async () => {
  await expect(runProgram('sleep', ['600'], limits, AbortSignal.timeout(50))).rejects.toThrow('timeout')
})

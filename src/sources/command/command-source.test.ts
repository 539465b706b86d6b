import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/support/temporary-folder.ts'
import type { CredentialRecord } from '../../ports/credential.ts'
import { commandSource } from './command-source.ts'
import { runProgram } from './program.ts'

const never = new AbortController().signal
const limits = { milliseconds: 20_000, outputBytes: 100_000 }
/** Of a program that hangs: enough for what it does before that on a loaded machine. */
const hanging = { ...limits, milliseconds: 2000 }
const line = (id: string) => `{"id":"${id}","title":"T","kind":"password","secret":"hunter2"}`

describe('a command source', () => {
  test('gives the records that the program prints, one a line', async () => {
    const records = await recordsOf(`printf '%s\\r\\n\\n%s' '${line('a')}' '${line('b')}'`)

    expect(records.map(({ id, secret }) => [id, secret?.reveal()])).toEqual([
      ['a', 'hunter2'],
      ['b', 'hunter2'],
    ])
  })

  test('gives the program no part of our environment, and words as they are', async () => {
    const source = commandSource(
      'vault',
      ['/bin/sh', '-c', 'env >&2; echo "$1" >&2; exit 1', 'sh', '$HOME;'],
      limits,
    )

    const failure: unknown = await Array.fromAsync(source.records(never)).catch((error: unknown) => error)

    expect(failure).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('$HOME;') as string,
    })
    expect(failure).not.toMatchObject({ message: expect.stringContaining('HOME=') as string })
  })

  test.each([
    ['fails after its records', `echo '${line('a')}'; echo "no\nmore" >&2; exit 3`, /exit code 3: no more/],
    ['dies', 'kill -9 $$', /SIGKILL/],
    ['prints what is not JSON', `echo '${line('a')}'; echo hunter2`, /line 2: it is not JSON/],
    ['prints what is no credential', `echo '{"id":"a"}'`, /line 1: title/],
    ['prints an id twice', `echo '${line('a')}'; echo '${line('a')}'`, /line 2: its id/],
    ['prints without end', 'yes', /more than 100000 bytes|not JSON/],
    ['prints bytes that are no text', `printf '\\377\\n'`, /UTF-8/],
  ])('takes nothing as a whole vault when the program %s', async (_, script, message) => {
    const failure = recordsOf(script)

    await expect(failure).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' })
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.not.toThrow('hunter2')
  })

  test('says that the program is not there', async () => {
    const source = commandSource('vault', ['/nowhere/vault'], limits)

    await expect(Array.fromAsync(source.records(never))).rejects.toThrow('no start (ENOENT)')
  })

  test('stops a program that hangs, and what it started', async () => {
    await using folder = await temporaryFolder()
    const script = `sleep 60 & echo $! > ${folder.path}/pid; wait`
    const source = commandSource('vault', ['/bin/sh', '-c', script], hanging)

    await expect(Array.fromAsync(source.records(never))).rejects.toThrow('did not end in 2 seconds')

    await setTimeout(50)
    const pid = (await readFile(`${folder.path}/pid`, 'utf8')).trim()
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone')
    expect(state).toMatch(/gone|\) Z/)
  })

  test('stops a program that prints nothing for too long, and not one whose reader takes its time', async () => {
    const silenceMs = 1000
    const silent = runProgram(['/bin/sh', '-c', 'echo a; sleep 60'], { ...limits, silenceMs }, never)
    await expect(Array.fromAsync(silent)).rejects.toThrow('it printed nothing for 1 seconds')

    const patient = runProgram(['/bin/sh', '-c', 'echo a; echo b'], { ...limits, silenceMs }, never)
    const read: string[] = []
    for await (const chunk of patient) {
      read.push(Buffer.from(chunk).toString())
      await setTimeout(silenceMs + 500)
    }
    expect(read.join('')).toBe('a\nb\n')
  })

  test('does not wait for a program that left its group and holds the output open', async () => {
    await using folder = await temporaryFolder()
    const script = `setsid sleep 60 & echo $! > ${folder.path}/pid; echo '${line('a')}'`
    const source = commandSource('vault', ['/bin/sh', '-c', script], hanging)

    await expect(Array.fromAsync(source.records(never))).rejects.toThrow('did not end in 2 seconds')

    process.kill(Number(await readFile(`${folder.path}/pid`, 'utf8')))
  })

  test('ends when it is cancelled', async () => {
    const source = commandSource('vault', ['/bin/sleep', '60'], limits)

    const cancelled = Array.fromAsync(source.records(AbortSignal.timeout(50)))

    await expect(cancelled).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

function recordsOf(script: string): Promise<CredentialRecord[]> {
  return Array.fromAsync(commandSource('vault', ['/bin/sh', '-c', script], limits).records(never))
}

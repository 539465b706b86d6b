import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive, processIdentity } from './process-identity.ts'
import { wait } from './wait.ts'

const { signal } = new AbortController()

test('a process that has ended is none any more, also while nobody has asked after it', async () => {
  // The shell's child outlives nothing: it ends at once, and the program that the shell becomes never asks after it.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; read line; exec sleep 600'])
  try {
    const [said] = (await once(parent.stdout, 'data')) as [Buffer]
    const child = Number(said.toString())
    const identity = await processIdentity(child)
    parent.stdin.end('\n')

    while (await isAlive(child, identity ?? 'gone already')) await wait(5, signal)

    expect(await processIdentity(child)).toBeUndefined()
  } finally {
    parent.kill('SIGKILL')
  }
})

test('a process that runs has one and the same identity all the while', async () => {
  const identity = await processIdentity(process.pid)

  expect(identity).toMatch(/^[0-9a-f-]{36}\/\d+$/)
  expect(await isAlive(process.pid, identity)).toBe(true)
  expect(await isAlive(process.pid, 'of another boot/1')).toBe(false)
})

import { once } from 'node:events'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { serve } from '../support/daemon.ts'
import { aProtectedTree, type ProtectedTree } from '../support/protected-tree.ts'
import { until } from '../support/until.ts'

/** Each waits for a program of its own to start, and to back up. */
const patienceMs = 90_000

/** Says when it is called, and what it is told; the one before goes on while there is a file `hold`, the one after fails while there is one `broken`. */
const hook = (path: string): string => `#!/bin/sh
echo "$REDOMA_PHASE $REDOMA_RUN \${REDOMA_STATE:--}" >> ${path}/called
[ "$REDOMA_PHASE" = after ] || while [ -e ${path}/hold ]; do sleep 0.05; done
[ "$REDOMA_PHASE" = before ] || [ ! -e ${path}/broken ]
`

describe('the hook after a run whose process was killed', () => {
  test('is run once by the next daemon, which says so in the run', async () => {
    await using world = await aWorld()
    await killDaemonInRun(world)

    await using daemon = await serve(world)
    await called(world, ['before 2 -', 'after 2 lost'])
    await until(
      'the run says so',
      async () => ((await shown(world)).includes('the hook after it was run at') ? true : undefined),
      patienceMs,
    )
    await daemon.stop()

    await using again = await serve(world)
    expect(await world.redoma.run(['backup', 'create', '--plan', 'x'])).toMatchObject({ code: 0 })
    await called(world, ['before 2 -', 'after 2 lost', 'before 3 -', 'after 3 done'])
    await again.stop()
  })

  test('is run by the next daemon once more when that is killed in the middle of it', async () => {
    await using world = await aWorld()
    await killDaemonInRun(world)
    // As long as there is a file, the hook after goes on, too.
    await writeFile(join(world.path, 'hook'), hook(world.path).replace('[ "$REDOMA_PHASE" = after ] ||', ''))
    await writeFile(join(world.path, 'hold'), '')
    const daemon = await serve(world)
    await called(world, ['before 2 -', 'after 2 lost'])
    daemon.child.kill('SIGKILL')
    await once(daemon.child, 'exit')
    await rm(join(world.path, 'hold'))

    await using next = await serve(world)

    await called(world, ['before 2 -', 'after 2 lost', 'after 2 lost'])
    await next.stop()
  })

  test('is run by the next backup where no daemon is, before anything is quiesced again', async () => {
    await using world = await aWorld()
    const { child, ended } = world.redoma.start(['backup', 'create', '--plan', 'x'])
    await called(world, ['before 2 -'])
    child.kill('SIGKILL')
    await ended
    await rm(join(world.path, 'hold'))

    expect(await world.redoma.run(['backup', 'create', '--plan', 'x'])).toMatchObject({ code: 0 })

    await called(world, ['before 2 -', 'after 2 lost', 'before 3 -', 'after 3 done'])
  })

  test('is an incident when it fails, until one after a run of the plan succeeds', async () => {
    await using world = await aWorld()
    await killDaemonInRun(world)
    await writeFile(join(world.path, 'broken'), '')
    await using daemon = await serve(world)
    await until(
      'the incident',
      async () => ((await incidents(world)).includes('hook-owed') ? true : undefined),
      patienceMs,
    )
    await rm(join(world.path, 'broken'))

    expect(await world.redoma.run(['backup', 'create', '--plan', 'x'])).toMatchObject({ code: 0 })

    expect(await incidents(world)).not.toContain('hook-owed')
    expect(await shown(world)).toContain('the hook after it failed')
    await daemon.stop()
  })
})

/** With a plan `x`, whose hook before holds its first run up. */
async function aWorld(): Promise<ProtectedTree> {
  const world = await aProtectedTree()
  const program = join(world.path, 'hook')
  await writeFile(program, hook(world.path))
  await chmod(program, 0o755)
  await writeFile(join(world.path, 'hold'), '')
  const hooks = ['--hook-before', program, '--hook-after', program]
  const added = await world.redoma.run(['plan', 'add', 'x', '--jobs', 'system', '--cron', 'none', ...hooks])
  expect(added).toMatchObject({ code: 0 })
  return world
}

async function killDaemonInRun(world: ProtectedTree): Promise<void> {
  const daemon = await serve(world)
  const { ended } = world.redoma.start(['backup', 'create', '--plan', 'x'])
  await called(world, ['before 2 -'])
  daemon.child.kill('SIGKILL')
  await ended
  await rm(join(world.path, 'hold'))
}

/** The calls of the hooks, once there are so many. */
async function called({ path }: ProtectedTree, expected: readonly string[]): Promise<void> {
  const calls = await until(
    expected.join(', '),
    async () => {
      const text = await readFile(join(path, 'called'), 'utf8').catch(() => '')
      const lines = text.split('\n').slice(0, -1)
      return lines.length < expected.length ? undefined : lines
    },
    patienceMs,
  )
  expect(calls).toEqual(expected)
}

async function shown({ redoma }: ProtectedTree): Promise<string> {
  return (await redoma.run(['backup', 'show', '2'])).stdout
}

async function incidents({ redoma }: ProtectedTree): Promise<string> {
  return (await redoma.run(['incident', 'list', '--json'])).stdout
}

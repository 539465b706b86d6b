import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { copyFile, cp, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { daemonAtSpeed } from '../support/daemon-at-speed.ts'
import { hookServer } from '../support/hook-server.ts'
import { type Redoma, redomaAt } from '../support/redoma.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

/** An hour in two seconds. */
const speed = 1800

/** What somebody who gets at a destination does there, what it is told as, and what the incident says. */
const deeds = [
  {
    what: 'a line of the ledger is edited',
    kind: 'ledger-broken',
    async do({ nas }: World) {
      const ledger = await readFile(join(nas, 'ledger.jsonl'), 'utf8')
      const lines = ledger.split('\n')
      lines[0] = (lines[0] ?? '').replace(/"bytes":\d+/, '"bytes":1')
      expect(lines.join('\n')).not.toBe(ledger)
      await writeFile(join(nas, 'ledger.jsonl'), lines.join('\n'))
    },
  },
  {
    what: 'the ledger is rolled back',
    kind: 'ledger-broken',
    do: ({ nas, former }: World) => copyFile(former, join(nas, 'ledger.jsonl')),
  },
  {
    what: 'the ledger is removed',
    kind: 'ledger-broken',
    do: ({ nas, aside }: World) => rename(join(nas, 'ledger.jsonl'), aside),
  },
  {
    what: 'a bundle is removed, of which the ledger tells',
    kind: 'verification-failed',
    do: ({ nas, bundle, aside }: World) => rename(join(nas, 'secrets', bundle), aside),
  },
]

test('a ledger that is broken at a destination is found on schedule, is told as an incident, and is over once it is mended', async () => {
  await using folder = await temporaryFolder()
  await using hook = await hookServer()
  const world = await aWorld(folder, hook.port)
  const daemon = await daemonAtSpeed({ home: world.home, speed })
  try {
    for (const deed of deeds) {
      await deed.do(world)
      const opened = await told(world.since, deed.kind, 'opened', deed.what)
      expect(opened).toMatchObject({ subject: 'nas', severity: 'critical' })

      await cp(world.untouched, world.nas, { recursive: true, force: true })
      await told(world.since, deed.kind, 'closed', deed.what)
    }
  } finally {
    daemon.kill('SIGTERM')
    await once(daemon, 'exit')
  }
  const { stdout } = await world.redoma.run(['routine', 'list'])
  expect(stdout).toMatch(/nas +ledger +\S.*as it should be/)

  /** The next notice of a kind, since the one before. */
  async function told(since: { count: number }, kind: string, phase: string, what: string) {
    const late = Date.now() + 90_000
    for (;;) {
      const posted = (await hook.posted(0)).map(({ body }) => JSON.parse(body) as Told)
      const index = posted.findIndex(
        (one, at) => at >= since.count && one.event === kind && one.incident?.phase === phase,
      )
      if (index >= 0) {
        since.count = index + 1
        return posted[index]
      }
      if (Date.now() > late) throw new Error(`${what}: that ${kind} was ${phase} was never told`)
      await wait(50)
    }
  }
})

interface Told {
  readonly event: string
  readonly incident?: { readonly phase: string }
  readonly subject: string
  readonly severity: string
}

interface World {
  readonly home: string
  readonly redoma: Redoma
  readonly nas: string
  /** What lies at the destination as it should be. */
  readonly untouched: string
  /** The ledger as it was before the last bundle. */
  readonly former: string
  readonly bundle: string
  readonly aside: string
  /** How many of the notices were looked at. */
  readonly since: { count: number }
}

async function aWorld({ path }: TemporaryFolder, port: number): Promise<World> {
  const at = (name: string): string => join(path, name)
  const redoma = redomaAt(at('home'))
  const must = async (...words: string[]) => {
    expect(await redoma.run(words), words.join(' ')).toMatchObject({ code: 0 })
  }
  await writeFile(at('secret'), 'hunter2')
  await writeFile(at('password'), 'seldom-Quartz 71 anvil_harbour')
  await must('init', '--name', 'vault-1')
  await must('credential', 'add', 'router', '--secret-file', at('secret'))
  await must('destination', 'add', 'nas', '--local', at('nas'))
  await must('glass', 'ceremony', '--password-file', at('password'), '--out', at('keys'))
  await must('backup', 'create', '--only', 'secrets')
  await copyFile(at('nas/ledger.jsonl'), at('former'))
  await must('backup', 'create', '--only', 'secrets')
  await cp(at('nas'), at('untouched'), { recursive: true })
  // The next backup would mend the ledger of itself.
  await must('plan', 'disable', 'daily')
  await must('alert', 'add', 'soc', '--webhook', `http://127.0.0.1:${port}/`)
  await must('routine', 'set', 'verification', '--cron', '0 * * * *')
  const bundle = readdirSync(at('nas/secrets'))
    .filter((name) => name.startsWith('vault-1-'))
    .sort()[0]
  if (bundle === undefined) throw new Error('there is no bundle')
  return {
    home: at('home'),
    redoma,
    nas: at('nas'),
    untouched: at('untouched'),
    former: at('former'),
    bundle,
    aside: at('aside'),
    since: { count: 0 },
  }
}

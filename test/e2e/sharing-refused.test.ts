import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { encodeLedger, extendLedger } from '../../src/bundle/ledger/extend-ledger.ts'
import { openCatalogue } from '../../src/catalogue/open-catalogue.ts'
import { parseObjectName } from '../../src/ports/destination.ts'
import { passwordOf } from '../support/protected-tree.ts'
import { aHost, must, resticAt, twoHosts } from '../support/two-hosts.ts'

const timeout = 120_000

describe('what hosts that share a repository do not share', () => {
  test('a folder with the ledger or secrets of another instance is no destination, and its own is again', {
    timeout,
  }, async () => {
    await using hosts = await twoHosts()
    const { first, path } = hosts
    const folder = join(path, 'copies-1')
    await writeFile(join(folder, 'ledger.jsonl'), await ledgerOf(first.home))
    const ledger = await readFile(join(folder, 'ledger.jsonl'))
    const add = ['destination', 'add', 'other', '--local', folder]
    const keys = await readdir(join(hosts.repository, 'keys'))
    const third = await aHost(path, 'pam-3')
    const password = await passwordOf(first.home)

    expect(await third.redoma.run(add)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the ledger of instance') as string,
    })
    for (const repository of [folder, hosts.repository])
      expect(
        await third.redoma.run([...add, '--repository', repository, '--password-file', '-'], password),
      ).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('repository of others cannot be') as string,
      })
    expect(await readdir(join(hosts.repository, 'keys'))).toEqual(keys)
    await must(first, ['destination', 'remove', 'nas', '--yes'])
    expect(await first.redoma.run([...add, '--password-file', '-'], password)).toMatchObject({ code: 0 })
    await mkdir(join(path, 'untold', 'secrets'), { recursive: true })
    await writeFile(join(path, 'untold', 'secrets', 'identity.password.age'), 'x')
    expect(
      await third.redoma.run(['destination', 'add', 'b', '--local', join(path, 'untold')]),
    ).toMatchObject({ code: 1, stderr: expect.stringContaining('no ledger that says whose') as string })

    expect(await readFile(join(folder, 'ledger.jsonl'))).toEqual(ledger)
  })

  test('the polynomial of a repository that others joined is not taken for a new one', {
    timeout,
  }, async () => {
    await using hosts = await twoHosts()
    const { first, path } = hosts
    await must(first, ['destination', 'add', 'usb', '--local', join(path, 'usb')])
    await must(first, ['backup', 'create', '--only', 'system'])
    const polynomial = async (repository: string): Promise<string> => {
      const config = await resticAt({ ...hosts, repository }, first.home, ['cat', 'config'])
      return (JSON.parse(config) as { chunker_polynomial: string }).chunker_polynomial
    }
    const shared = await polynomial(hosts.repository)
    await must(first, ['destination', 'remove', 'nas', '--yes'])

    expect(await polynomial(join(path, 'usb', 'system'))).not.toBe(shared)
  })

  test('a host whose audit trail fails as it joins keeps the key with the destination', {
    timeout,
  }, async () => {
    await using hosts = await twoHosts()
    const { path, repository, first } = hosts
    const third = await aHost(path, 'pam-3')
    failAudit(third.home)
    const words = ['destination', 'add', 'nas', '--local', join(path, 'copies-3'), '--repository', repository]

    const added = await third.redoma.run([...words, '--password-file', '-'], await passwordOf(first.home))

    expect(added.code).not.toBe(0)
    const listed = JSON.parse((await must(third, ['destination', 'list', '--json'])).stdout) as {
      repositoryKey: string
    }[]
    expect(await readdir(join(repository, 'keys'))).toContain(listed[0]?.repositoryKey)
  })

  test('a wrong disk is told as that, and only a host that joined is told to add it again', {
    timeout,
  }, async () => {
    await using hosts = await twoHosts()
    const { first, second, path, repository } = hosts
    await must(second, ['backup', 'create', '--only', 'system'])
    const keys = join(repository, 'keys')
    await rename(keys, join(path, 'keys'))
    const stranger = await aHost(path, 'pam-3')
    await must(stranger, ['destination', 'add', 'x', '--local', join(path, 'x')])
    await must(stranger, ['backup', 'create', '--only', 'system'])
    await rm(repository, { recursive: true })
    await rename(join(path, 'x', 'system'), repository)

    const [own, joined] = await Promise.all(
      [first, second].map(async ({ redoma }) => {
        const { stdout, stderr } = await redoma.run(['backup', 'create', '--only', 'system'])
        return stdout + stderr
      }),
    )

    for (const words of [['verify'], ['prune'], ['unlock']])
      expect(await first.redoma.run(['backup', ...words])).toMatchObject({ code: 5 })
    expect(own).toContain('at nas, the password opens none of the keys of the repository')
    expect(own).toContain('Is the right disk mounted?')
    expect(own).not.toContain('destination add')
    expect(joined).toContain('Is the right disk mounted?')
    expect(joined).toContain(
      `redoma destination add nas --local ${join(path, 'copies-2')} --repository ${repository}`,
    )
  })
})

async function ledgerOf(home: string): Promise<string> {
  const catalogue = await openCatalogue({ home, clock: { now: () => new Date() } })
  try {
    const signingKey = await catalogue.signingKey()
    const object = parseObjectName('secrets/README.txt')
    const draft = {
      event: 'put',
      kind: 'document',
      object,
      bytes: 1,
      sha256: '0'.repeat(64),
      detail: {},
    } as const
    const writer = { instance: catalogue.instance.id, signingKey, time: new Date() }
    return Buffer.from(encodeLedger(extendLedger([], [draft], writer))).toString()
  } finally {
    await catalogue.close()
  }
}

function failAudit(home: string): void {
  const database = new DatabaseSync(join(home, 'catalogue.sqlite'))
  database.exec(`CREATE TRIGGER no_audit BEFORE INSERT ON audit_entry WHEN NEW.action = 'destination.add'
    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
  database.close()
}

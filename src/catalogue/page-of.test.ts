import { describe, expect, test } from 'vitest'
import { anInstance, type TestInstance } from '../../test/support/instance.ts'
import { Secret } from '../core/secret.ts'
import type { CredentialFilter, CredentialSort, CredentialSummary, Run, RunPart } from '../ports/catalogue.ts'
import type { CredentialRecord } from '../ports/credential.ts'
import type { Page, PageRequest, Position } from '../ports/paging.ts'

describe('pages of the catalogue', () => {
  test.each<[CredentialSort, (one: CredentialSummary) => string[]]>([
    ['folder', ({ folder, title, id }) => [folder ?? '', title, id]],
    ['title', ({ title, id }) => [title, id]],
    ['changedAt', ({ changedAt, id }) => [changedAt.toISOString(), id]],
  ])(
    'have all credentials in the order of %s, each once, whatever is equal or absent',
    async (sort, keyOf) => {
      await using instance = await anInstance()
      await addCredentials(instance, 40)
      const all = (await instance.catalogue.credentials.list()).toSorted((a, b) =>
        compare(keyOf(a), keyOf(b)),
      )

      for (const limit of [1, 7, 40, 500]) {
        const up = await walk((request) => pageOf(instance, {}, { ...request, sort }), {
          direction: 'asc',
          limit,
        })
        const down = await walk((request) => pageOf(instance, {}, { ...request, sort }), {
          direction: 'desc',
          limit,
        })
        expect(up).toEqual(all)
        expect(down).toEqual(all.toReversed())
      }
    },
  )

  test('lose and repeat nothing when rows come and go between them', async () => {
    await using instance = await anInstance()
    await addCredentials(instance, 10)
    const before = await instance.catalogue.credentials.list()
    const first = await pageOf(instance, {}, { sort: 'folder', direction: 'asc', limit: 5 })
    await instance.catalogue.credentials.remove(first.items[0]?.id ?? '')
    await instance.catalogue.credentials.put(aCredential({ id: 'zz', title: 'A', folder: undefined }))

    const rest = await walk(
      (request) => pageOf(instance, {}, { ...request, after: request.after ?? first.next, sort: 'folder' }),
      { direction: 'asc', limit: 2 },
    )

    expect([...first.items, ...rest].map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })

  test.each<[string, CredentialFilter, string[]]>([
    ['a word in any case and without its accents', { search: 'SAO' }, ['b']],
    ['a tag', { search: 'prod' }, ['a']],
    ['no other tag that holds it', { tag: 'prod' }, []],
    ['the tag itself', { tag: 'produção' }, ['a']],
    ['a folder with all below it', { folder: 'net' }, ['a', 'b']],
    ['a folder to the letter', { folder: 'NET' }, []],
    ['signs that mean something to a database', { search: '100%_' }, ['c']],
    ['all of several filters', { folder: 'net', user: 'root', search: 'router' }, ['a']],
    ['the kind', { kind: 'token' }, ['c']],
  ])('have those credentials alone that are asked for: %s', async (_, filter, ids) => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    await credentials.put(
      aCredential({ id: 'a', title: 'Router', folder: 'net', user: 'root', tags: ['produção'] }),
    )
    await credentials.put(aCredential({ id: 'b', title: 'São Paulo', folder: 'net/br', user: 'admin' }))
    await credentials.put(aCredential({ id: 'c', title: '100%_\\', folder: 'network', kind: 'token' }))

    const page = await pageOf(instance, filter, { sort: 'title', direction: 'asc', limit: 10 })

    expect(page.items.map(({ id }) => id)).toEqual(ids)
  })

  test('find a credential by its new words once it was changed', async () => {
    await using instance = await anInstance()
    const { credentials } = instance.catalogue
    await credentials.put(aCredential({ id: 'a', title: 'before' }))
    await credentials.put(aCredential({ id: 'a', title: 'after' }))

    const found = async (search: string): Promise<number> =>
      (await pageOf(instance, { search }, { sort: 'title', direction: 'asc', limit: 10 })).items.length

    expect([await found('before'), await found('after')]).toEqual([0, 1])
    expect((await credentials.look('a')).revision).toBe(2)
  })

  test('find a word in order and once each, however many have it', async () => {
    await using instance = await anInstance()
    await instance.catalogue.credentials.atomically(async (inside) => {
      for (let n = 0; n < 1010; n++) {
        const title = `server ${String(n).padStart(4, '0')} ${n % 2 === 0 ? 'even' : 'odd'}`
        await inside.put(aCredential({ id: `${n}`, title }))
      }
    })
    const found = async (search: string): Promise<string[]> => {
      const titles: string[] = []
      for (let after: Position | undefined; ; ) {
        const request = { sort: 'title', direction: 'asc', limit: 200, after } as const
        const { items, next } = await pageOf(instance, { search }, request)
        titles.push(...items.map(({ title }) => title))
        if (next === undefined) return titles
        after = next
      }
    }

    const [all, even] = [await found('server'), await found('even')]

    expect(all).toHaveLength(1010)
    expect(even).toEqual(all.filter((title) => title.endsWith('even')))
    expect(all).toEqual(all.toSorted())
    expect(new Set(all).size).toBe(1010)
  })

  test('refuse a position of another order, whoever made it up', async () => {
    await using instance = await anInstance()
    const positions: Position[] = [[], ['a'], ['a', 'b', 'c'], [1, 'b'], [null, 'b']]

    for (const after of positions)
      await expect(
        pageOf(instance, {}, { sort: 'title', direction: 'asc', limit: 1, after }),
      ).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('have those runs alone that are asked for, each once, in both orders', async () => {
    await using instance = await anInstance()
    const all = await addRuns(instance, 60)
    const has = (run: Run, job: string, destination: string): boolean =>
      run.parts.some((part) => part.job === job && part.destination === destination)
    const cases = [
      [{}, () => true],
      [{ state: 'failed' }, (run: Run) => run.state.kind === 'failed'],
      [{ state: 'lost' }, (run: Run) => run.state.kind === 'lost'],
      [{ destination: 'nas', job: 'system' }, (run: Run) => has(run, 'system', 'nas')],
      [{ source: 'rare' }, (run: Run) => run.parts.some(({ source }) => source === 'rare')],
    ] as const

    for (const [filter, wanted] of cases) {
      for (const sort of ['id', 'startedAt'] as const) {
        const read = (request: Asked): Promise<Page<Run>> =>
          instance.catalogue.runs.page(filter, { ...request, sort })
        const ids = (await walk(read, { direction: 'desc', limit: 7 })).map(({ id }) => id)
        expect(ids, JSON.stringify([filter, sort])).toEqual(all.filter(wanted).map(({ id }) => id))
      }
    }
    const [from, to] = [all[50]?.startedAt, all[10]?.startedAt]
    const timed = await walk(
      (request: Asked) =>
        instance.catalogue.runs.page({ since: from, until: to }, { ...request, sort: 'startedAt' }),
      { direction: 'desc', limit: 7 },
    )
    expect(timed.map(({ id }) => id)).toEqual(all.slice(11, 51).map(({ id }) => id))
  })

  test('have the audit trail by what was done, and to what', async () => {
    await using instance = await anInstance()
    const { audit } = instance.catalogue
    const at = instance.clock.now()
    for (const action of ['credential.add', 'credentials', 'credential.edit', 'source.add'])
      await audit.append({ at, actor: 'root', action, subject: 'x', detail: '' })

    const page = await audit.page({ action: 'credential' }, { sort: 'id', direction: 'desc', limit: 10 })

    expect(page.items.map(({ id, action }) => [id, action])).toEqual([
      [3, 'credential.edit'],
      [1, 'credential.add'],
    ])
  })
})

type Asked = Omit<PageRequest, 'sort'>

function pageOf(
  { catalogue }: TestInstance,
  filter: CredentialFilter,
  request: PageRequest<CredentialSort>,
): Promise<Page<CredentialSummary>> {
  return catalogue.credentials.page(filter, request)
}

async function walk<Item>(read: (request: Asked) => Promise<Page<Item>>, request: Asked): Promise<Item[]> {
  const items: Item[] = []
  for (let after: Position | undefined; ; ) {
    const page = await read({ ...request, after })
    expect(page.items.length).toBeLessThanOrEqual(request.limit)
    items.push(...page.items)
    after = page.next
    if (after === undefined) return items
  }
}

function compare(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((text, index) => text !== b[index])
  if (at < 0) return 0
  return (a[at] ?? '') < (b[at] ?? '') ? -1 : 1
}

async function addCredentials({ catalogue, clock }: TestInstance, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const folder = [undefined, 'a', 'a/b', 'b'][index % 4]
    await catalogue.credentials.put(
      aCredential({
        id: `id-${(index * 7) % count}`,
        title: `title ${index % 3}`,
        folder,
        changedAt: clock.now(),
      }),
    )
    if (index % 5 === 0) clock.advance(1000)
  }
}

function aCredential(some: Partial<CredentialRecord>): CredentialRecord {
  const empty = { tags: [], fields: [], attachments: [], history: [] }
  return { id: 'a', title: 'x', kind: 'password', secret: new Secret('s'), ...empty, ...some }
}

/** The newest first. */
async function addRuns({ catalogue, clock }: TestInstance, count: number): Promise<Run[]> {
  for (let index = 0; index < count; index++) {
    const run = await catalogue.runs.start(clock.now(), index % 7 === 0 ? 2 ** 22 + 1 : process.pid)
    for (const destination of index % 2 === 0 ? ['nas'] : ['nas', 'usb', 'nas'])
      await catalogue.runs.addPart(run, aPart(clock.now(), destination, index % 20 === 3 ? 'rare' : 'etc'))
    const finishedAt = clock.now()
    if (index % 7 !== 0)
      await catalogue.runs.finish(run, { kind: index % 5 === 0 ? 'failed' : 'done', finishedAt })
    clock.advance(60_000)
  }
  return catalogue.runs.list(count)
}

function aPart(at: Date, destination: string, source: string): RunPart {
  const figures = { items: 1, itemsNew: 1, bytes: 1, bytesStored: 1 }
  const job = source === 'rare' ? 'recordings' : 'system'
  return { job, source, destination, outcome: { kind: 'done' }, figures, startedAt: at, finishedAt: at }
}

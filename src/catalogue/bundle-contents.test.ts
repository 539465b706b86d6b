import { describe, expect, test } from 'vitest'
import { aCredential } from '../../test/support/glass.ts'
import { anInstance, everythingOnDisk, openedAgain, type TestInstance } from '../../test/support/instance.ts'
import { Secret } from '../core/secret.ts'
import type { BundleContent } from '../ports/bundle-store.ts'

const facts = { title: 'Router', kind: 'password' } as const
const content = (id: string, value: string): BundleContent => ({
  source: 'registry',
  id,
  facts,
  tags: { secret: value },
})

async function published(
  { catalogue, clock }: TestInstance,
  sequence: number,
  contents: Iterable<BundleContent>,
  scope = '',
): Promise<void> {
  const record = { scope, sequence, name: `${scope}-${sequence}`, sha256: 'a', bytes: 1, credentials: 1 }
  await catalogue.bundles.add({ ...record, createdAt: clock.now() }, contents)
}

async function spansOf({ catalogue }: TestInstance): Promise<string[]> {
  const spans = await Array.fromAsync(catalogue.bundles.spans())
  return spans.map(({ id, scope, first, until, tags }) =>
    [id, scope, `${first}-${until ?? ''}`, tags['secret']].join(' ').trim(),
  )
}

describe('what was in which bundle', () => {
  test('is kept as spans: what changed, what went, what came back', async () => {
    await using instance = await anInstance()

    await published(instance, 1, [content('a', 'x'), content('b', 'x')])
    await published(instance, 3, [content('a', 'x'), content('b', 'y'), content('c', 'x')])
    await published(instance, 4, [content('a', 'x'), content('c', 'x')])
    await published(instance, 5, [content('a', 'x'), content('b', 'y'), content('c', 'x')])
    await published(instance, 1, [content('a', 'x')], 'network')

    expect(await spansOf(instance)).toEqual([
      'a  1- x',
      'a network 1- x',
      'b  1-3 x',
      'b  3-4 y',
      'b  5- y',
      'c  3- x',
    ])
    const [newest] = await instance.catalogue.bundles.spansOf('registry', ['b'])
    expect(newest).toMatchObject({ first: 5, until: undefined, facts })
  })

  test('is not written again by a bundle in which nothing changed, however many there are', async () => {
    await using instance = await anInstance()
    function* many(changed: string): Generator<BundleContent> {
      for (let id = 0; id < 3000; id++) yield content(String(id), id === 1234 ? changed : 'x')
    }
    await published(instance, 1, many('x'))
    const rows = async () => (await spansOf(instance)).length
    expect(await rows()).toBe(3000)

    await published(instance, 2, many('x'))
    expect(await rows()).toBe(3000)
    await published(instance, 3, many('y'))
    expect(await rows()).toBe(3001)
  })

  test('is remembered with its bundle, or neither is', async () => {
    await using instance = await anInstance()
    function* broken(): Generator<BundleContent> {
      yield content('a', 'x')
      throw new Error('cut off')
    }

    await expect(published(instance, 1, broken())).rejects.toThrow('cut off')

    expect(await spansOf(instance)).toEqual([])
    expect(await instance.catalogue.bundles.list()).toEqual([])
  })

  test('follows a title that changed, as that is no new value', async () => {
    await using instance = await anInstance()
    await published(instance, 1, [content('a', 'x')])
    await published(instance, 2, [{ ...content('a', 'x'), facts: { ...facts, title: 'Core router' } }])

    const [span] = await Array.fromAsync(instance.catalogue.bundles.spans())
    expect(span).toMatchObject({ first: 1, facts: { title: 'Core router' } })
  })
})

describe('the marks of values', () => {
  test('are the same for the same value of the same credential alone, also of another process', async () => {
    await using instance = await anInstance()
    const { catalogue } = instance
    await using other = await openedAgain(instance.home, instance.clock)
    const same = { secret: new Secret('one and the same') }

    const marks = catalogue.tagValues('registry', aCredential('1', same))

    expect(other.tagValues('registry', aCredential('1', same))).toEqual(marks)
    expect(Object.keys(marks)).toEqual([
      'secret',
      'totp',
      'notes',
      'hidden/enable',
      'attachment/clé .. privée.pem',
      'attachment/CON.txt',
    ])
    expect(catalogue.tagValues('registry', aCredential('2', same))['secret']).not.toBe(marks['secret'])
    expect(catalogue.tagValues('vault', aCredential('1', same))['secret']).not.toBe(marks['secret'])
    expect(catalogue.tagValues('registry', aCredential('1'))['secret']).not.toBe(marks['secret'])
  })

  test('are of another instance others, and no value is on the disk', async () => {
    await using one = await anInstance()
    await using two = await anInstance()
    const credential = aCredential('1', { secret: new Secret('hunter2 secret') })
    const marks = one.catalogue.tagValues('registry', credential)

    await published(one, 1, [{ source: 'registry', id: '1', facts, tags: marks }])

    expect(two.catalogue.tagValues('registry', credential)['secret']).not.toBe(marks['secret'])
    expect(await everythingOnDisk(one.home)).toContain(marks['secret'])
    expect(await everythingOnDisk(one.home)).not.toContain('hunter2')
  })

  test('know a value again under another name, and keep fields of one name apart', async () => {
    await using instance = await anInstance()
    const field = (name: string) => ({ name, value: new Secret('1234'), hidden: true })

    const marks = instance.catalogue.tagValues(
      'registry',
      aCredential('1', { secret: new Secret('1234'), fields: [field('pin'), field('pin')] }),
    )

    expect(Object.keys(marks)).toContain('hidden/pin#2')
    expect(marks['hidden/pin']).toBe(marks['secret'])
  })
})

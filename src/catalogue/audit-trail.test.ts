import { describe, expect, test } from 'vitest'
import { onPostgresql } from '../../test/support/databases/catalogue-database.ts'
import { alterCatalogue, anInstance, type TestInstance } from '../../test/support/instance.ts'

/** What keeps rows as they are is gone: an intruder takes it away first. */
const free = onPostgresql
  ? 'drop trigger audit_entry_only_added_to on audit_entry;'
  : 'drop trigger audit_entry_no_update; drop trigger audit_entry_no_delete;'

async function aTrail(count: number): Promise<TestInstance> {
  const instance = await anInstance()
  for (let n = 1; n <= count; n++) await say(instance, `entry ${n}`)
  return instance
}

async function say({ catalogue, clock }: TestInstance, subject: string): Promise<void> {
  clock.advance(1000)
  await catalogue.audit.append({
    ...{ at: clock.now(), actor: 'root', action: 'credential.add', subject, detail: '' },
  })
}

describe('an audit trail', () => {
  test('is whole as it was written, and its head stands for it', async () => {
    await using trail = await aTrail(3)
    const { audit } = trail.catalogue

    const head = await audit.head()

    expect(head).toEqual({ entries: 3, link: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
    expect(await audit.verify()).toEqual({ ...head, brokenAt: undefined })
    await say(trail, 'later')
    expect(await audit.verify(head)).toMatchObject({ entries: 4, brokenAt: undefined })
  })

  test.each([
    ['an entry was altered', `${free} update audit_entry set actor = 'nobody' where id = 2`, 2],
    ['an entry was removed', `${free} delete from audit_entry where id = 2`, 3],
    ['the first was removed', `${free} delete from audit_entry where id = 1`, 2],
    [
      'two changed places',
      `${free} update audit_entry set id = 99 where id = 4; update audit_entry set id = 4 where id = 5`,
      4,
    ],
    [
      'one was put in between',
      `insert into audit_entry (at, actor, action, subject, detail) select at, actor, action, subject, detail from audit_entry where id = 5`,
      6,
    ],
    ['one lost its link', `${free} update audit_entry set link = null where id = 3`, 3],
  ])('is broken where %s', async (_, sql, brokenAt) => {
    await using trail = await aTrail(5)

    alterCatalogue(trail.home, sql)

    expect(await trail.catalogue.audit.verify()).toMatchObject({ brokenAt })
  })

  test('that was cut off at its end shows by a head that was kept', async () => {
    await using trail = await aTrail(5)
    const { audit } = trail.catalogue
    const head = await audit.head()
    alterCatalogue(trail.home, `${free} delete from audit_entry where id > 3`)

    expect(await audit.verify()).toMatchObject({ entries: 3, brokenAt: undefined })
    expect(await audit.verify(head)).toMatchObject({ brokenAt: 'cut-off' })
    for (const subject of ['forged', 'forged, too']) await say(trail, subject)
    expect(await audit.verify(head)).toMatchObject({ brokenAt: 'cut-off' })
  })

  test('stands for what an older program wrote without links', async () => {
    await using trail = await aTrail(3)
    const { audit } = trail.catalogue
    alterCatalogue(trail.home, `${free} update audit_entry set link = null`)
    await say(trail, 'the first with a link')
    expect(await audit.verify()).toMatchObject({ entries: 4, brokenAt: undefined })

    alterCatalogue(trail.home, `update audit_entry set subject = 'x' where id = 1`)

    expect(await audit.verify()).toMatchObject({ brokenAt: 4 })
  })

  test('is one chain, though many write to it at once', async () => {
    await using trail = await aTrail(1)
    const { audit } = trail.catalogue
    const at = trail.clock.now()
    const entry = { at, actor: 'root', action: 'credential.add', subject: 'x', detail: '' }

    await Promise.all(Array.from({ length: 20 }, () => audit.append(entry)))

    expect(await audit.verify()).toMatchObject({ entries: 21, brokenAt: undefined })
  })
})

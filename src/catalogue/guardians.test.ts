import { describe, expect, test } from 'vitest'
import { anInstance } from '../../test/support/instance.ts'
import type { Generation } from '../ports/catalogue.ts'

const at = new Date('2026-03-01T05:00:00.000Z')
const later = new Date('2026-03-02T05:00:00.000Z')
const ana = { id: '6a1f6f4e-0000-4000-8000-000000000001', name: 'Ana', createdAt: at }
const bruno = {
  ...{ id: '6a1f6f4e-0000-4000-8000-000000000002', name: 'Bruno', mail: 'b@example.com', note: 'desk 3' },
  ...{ publicKey: 'ssh-ed25519 AAAA', createdAt: at },
}
const generation: Generation = {
  number: 1,
  profile: 'classic',
  recipient: 'age1q',
  fingerprint: 'a'.repeat(64),
  heldAt: at,
  passwordFile: Uint8Array.of(1),
}

describe('guardians', () => {
  test('come back as they were added, in order, and can be renamed but not to the name of another', async () => {
    await using instance = await anInstance()
    const { guardians } = instance.catalogue
    await guardians.add(bruno)
    await guardians.add(ana)
    expect(await guardians.list()).toEqual([ana, bruno])

    await guardians.replace({ ...ana, name: 'Ana Lima' })

    expect(await guardians.get('Ana Lima')).toEqual({ ...ana, name: 'Ana Lima' })
    await expect(guardians.get('Ana')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(guardians.replace({ ...bruno, name: 'Ana Lima' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    })
    await expect(guardians.add({ ...ana, name: 'Bruno' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  })

  test('keep shares, one each, until they are removed', async () => {
    await using instance = await anInstance()
    const { guardians, generations } = instance.catalogue
    for (const one of [ana, bruno]) await guardians.add(one)
    const keeper = { generation: 1, share: 2, guardian: ana.id }
    await generations.add(generation, { proofs: [], keepers: [keeper] })
    expect(await guardians.keepers()).toEqual([keeper])

    await guardians.assign({ ...keeper, guardian: bruno.id })
    expect(await guardians.keepers()).toEqual([{ ...keeper, guardian: bruno.id }])

    await guardians.remove('Bruno')
    expect(await guardians.keepers()).toEqual([])
    await expect(guardians.remove('Bruno')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('drills', () => {
  const drill = {
    id: '6a1f6f4e-0000-4000-8000-00000000000d',
    generation: 1,
    startedAt: at,
    expiresAt: later,
    questions: [
      { subject: 'whole', codeSha256: 'a'.repeat(64) },
      { subject: 2, codeSha256: 'b'.repeat(64) },
    ],
  } as const

  test('remember each answer once, and what it proves', async () => {
    await using instance = await anInstance()
    const { drills, generations } = instance.catalogue
    await generations.add(generation, { proofs: [{ generation: 1, subject: 'whole', at }], keepers: [] })
    await drills.add(drill)

    await drills.answer(drill, 2, later)
    await drills.answer(drill, 2, at)

    expect(await drills.list()).toMatchObject([
      { id: drill.id, questions: [{ subject: 'whole' }, { subject: 2, answeredAt: later }] },
    ])
    expect(await drills.proofs()).toEqual([
      { generation: 1, subject: 'whole', at, drill: undefined },
      { generation: 1, subject: 2, at: later, drill: drill.id },
    ])
  })

  test('are due every 90 days unless it is said otherwise', async () => {
    await using instance = await anInstance()
    const { drills } = instance.catalogue
    expect(await drills.days()).toBe(90)

    await drills.setDays(30)

    expect(await drills.days()).toBe(30)
  })

  test('of a generation whose number is taken prove nothing', async () => {
    await using instance = await anInstance()
    const { drills, generations } = instance.catalogue
    const more = { proofs: [{ generation: 1, subject: 1, at }], keepers: [] }
    await generations.add(generation)

    await expect(generations.add(generation, more)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })

    expect(await drills.proofs()).toEqual([])
  })
})

describe('a generation', () => {
  const entry = { at, actor: 'ada', action: 'glass.adopt', subject: 'generation 1', detail: 'aaaa' }

  test('begins with its line in the audit trail', async () => {
    await using instance = await anInstance()
    const { audit, generations } = instance.catalogue

    await generations.add(generation, { proofs: [], keepers: [], audited: entry })

    expect(await audit.list(9)).toEqual([entry])
  })

  test('does not begin when that line cannot be written, and is not in the trail when it cannot begin', async () => {
    await using instance = await anInstance()
    const { audit, generations } = instance.catalogue
    const unwritable = { ...entry, at: new Date(NaN) }

    await expect(
      generations.add(generation, { proofs: [], keepers: [], audited: unwritable }),
    ).rejects.toThrow(RangeError)
    expect(await generations.list()).toEqual([])

    await generations.add(generation)
    await expect(
      generations.add(generation, { proofs: [], keepers: [], audited: entry }),
    ).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await audit.list(9)).toEqual([])
  })
})

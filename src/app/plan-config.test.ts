import { describe, expect, test } from 'vitest'
import { type ConfigStep, type Configuration, planConfig } from './plan-config.ts'

const local = (name: string, path: string) => ({ name, spec: { kind: 'local' as const, path } })
const program = (name: string, argv: string[]) => ({ name, spec: { kind: 'command' as const, argv } })
const current: Configuration = {
  destinations: [local('nas', '/mnt/nas'), local('old', '/mnt/old')],
  sources: [program('vault', ['/bin/export'])],
}

const words = (step: ConfigStep): string =>
  step.what === 'appliance' || step.what === 'timestamps'
    ? `${step.kind} ${step.what}`
    : `${step.kind} ${step.what} ${step.name}`

describe('planConfig', () => {
  test('has nothing to do when all is as it is wanted', () => {
    expect(planConfig(current, structuredClone(current))).toEqual([])
  })

  test('adds and changes before it removes', () => {
    const wanted = {
      destinations: [local('nas', '/mnt/new'), local('more', '/mnt/more')],
      sources: [],
    }

    const steps = planConfig(current, wanted).map(words)

    expect(steps).toEqual([
      'change destination nas',
      'add destination more',
      'remove source vault',
      'remove destination old',
    ])
  })

  test('leaves scopes alone where the file does not name any, and frees what one takes in before another does', () => {
    const scope = (name: string, ...folders: string[]) => {
      return { name, spec: { folders, tags: [], owners: [], isExclusive: true, hasOwnKey: false } }
    }
    const now = { ...current, scopes: [scope('a', 'x'), scope('b', 'y'), scope('c', 'z')] }

    expect(planConfig(now, current)).toEqual([])
    expect(
      planConfig(now, { ...current, scopes: [scope('d', 'z'), scope('a', 'y'), scope('b', 'y')] }).map(words),
    ).toEqual(['remove scope c', 'change scope a', 'add scope d'])
  })

  test('leaves time stamps alone where the file does not say, and ends them where it says so', () => {
    const timestamps = { authority: 'https://tsa.example.org' }
    const now = { ...current, timestamps }

    expect(planConfig(now, current)).toEqual([])
    expect(planConfig(now, { ...current, timestamps: { ...timestamps } })).toEqual([])
    expect(planConfig(now, { ...current, timestamps: null })).toEqual([
      { kind: 'change', what: 'timestamps', timestamps: undefined },
    ])
    expect(planConfig(current, now).map(words)).toEqual(['change timestamps'])
  })

  test('makes an appliance after all else, and no appliance before', () => {
    const wanted = { destinations: [local('more', '/mnt/more')], sources: [] }

    const on = planConfig(current, { ...wanted, appliance: true }).map(words)
    const off = planConfig({ ...current, appliance: true }, { ...wanted, appliance: false }).map(words)

    expect(on.indexOf('change appliance')).toBe(on.length - 1)
    expect(off[0]).toBe('change appliance')
  })

  test('leaves an appliance what it is where a file does not say', () => {
    expect(planConfig({ ...current, appliance: true }, structuredClone(current))).toEqual([])
  })
})

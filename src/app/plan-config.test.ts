import { describe, expect, test } from 'vitest'
import { type Configuration, planConfig } from './plan-config.ts'

const local = (name: string, path: string) => ({ name, spec: { kind: 'local' as const, path } })
const program = (name: string, argv: string[]) => ({ name, spec: { kind: 'command' as const, argv } })
const current: Configuration = {
  destinations: [local('nas', '/mnt/nas'), local('old', '/mnt/old')],
  sources: [program('vault', ['/bin/export'])],
}

describe('planConfig', () => {
  test('has nothing to do when all is as it is wanted', () => {
    expect(planConfig(current, structuredClone(current))).toEqual([])
  })

  test('adds and changes before it removes', () => {
    const wanted = {
      destinations: [local('nas', '/mnt/new'), local('more', '/mnt/more')],
      sources: [],
    }

    const steps = planConfig(current, wanted).map(({ kind, what, name }) => `${kind} ${what} ${name}`)

    expect(steps).toEqual([
      'change destination nas',
      'add destination more',
      'remove source vault',
      'remove destination old',
    ])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

describe('canonicalJson', () => {
  test('sorts names, leaves out what is absent, and adds no white space', () => {
    const text = canonicalJson({ b: [1, null, true], a: { d: 'é\n', c: undefined } })

    expect(text).toBe('{"a":{"d":"é\\n"},"b":[1,null,true]}')
  })

  test('gives equal texts for equal objects, in whatever order they were made', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.integer()), (object) => {
        const turned = Object.fromEntries(Object.entries(object).toReversed())

        expect(canonicalJson(turned)).toBe(canonicalJson(object))
        expect({ ...(JSON.parse(canonicalJson(object)) as object) }).toEqual({ ...object })
      }),
    )
  })

  test('refuses fractions', () => {
    expect(() => canonicalJson(0.5)).toThrow(TypeError)
  })
})

import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { fileNameOf } from './file-name.ts'

test.prop([fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary', minLength: 1 })])(
  'two databases never have one file, and none has a path',
  (one, other) => {
    expect(fileNameOf(one, '.sql')).not.toMatch(/[/\0]/)
    expect(fileNameOf(one, '.sql') === fileNameOf(other, '.sql')).toBe(one === other)
  },
)

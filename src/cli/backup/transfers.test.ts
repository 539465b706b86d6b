import { expect, test } from 'vitest'
import { makeStyle } from '../style.ts'
import { transferLines } from './transfers.ts'

const style = makeStyle(false)
const sent = { destination: 'nas', sentBytes: 2_000_000, sentMs: 1000, readBytes: 0, readMs: 0, retries: 0 }

test('what went to a destination is told with how often it had to be tried again', () => {
  expect(transferLines([sent], style).join('\n')).not.toContain('retr')
  expect(transferLines([{ ...sent, retries: 1 }], style).join('\n')).toMatch(/; 1 retry$/)
  expect(transferLines([{ ...sent, retries: 3 }], style).join('\n')).toMatch(/; 3 retries$/)
})

test('a destination that nothing got to is told of where that was tried again', () => {
  const nothing = { ...sent, sentBytes: 0, sentMs: 0 }

  expect(transferLines([nothing], style)).toEqual([])
  expect(transferLines([{ ...nothing, retries: 3 }], style).join('\n')).toContain('3 retries')
})

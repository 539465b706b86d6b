import { expect, test } from 'vitest'
import { messageOf, systemCode } from './errors.ts'

/** As Node raises those that libuv has no name for. */
function nameless(number: number): Error {
  const code = `Unknown system error -${number}`
  return Object.assign(new Error(`${code}: ${code}, open '/mnt/nas/a'`), { code, errno: -number })
}

test('errors of network file systems that Node has no name for get the name that Linux gives them', () => {
  expect([116, 122, 74, 117, 127].map((number) => systemCode(nameless(number)))).toEqual([
    'ESTALE',
    'EDQUOT',
    'EBADMSG',
    'EUCLEAN',
    'EKEYEXPIRED',
  ])
  expect(messageOf(nameless(116))).toBe("ESTALE, open '/mnt/nas/a'")
})

test('an error that nobody has a name for keeps its number', () => {
  expect(systemCode(nameless(4000))).toBe('Unknown system error -4000')
  expect(messageOf(nameless(4000))).toBe("Unknown system error -4000, open '/mnt/nas/a'")
})

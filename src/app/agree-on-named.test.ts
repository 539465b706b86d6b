import { expect, test } from 'vitest'
import { parseObjectId } from '../repository/ids.ts'
import { agreeOnNamed } from './agree-on-named.ts'

const one = parseObjectId('abcd'.padEnd(64, '1'))
const two = parseObjectId('abcd'.padEnd(64, '2'))
const plan = (meant: [string, typeof one][], notThere: string[] = []) => ({ meant: new Map(meant), notThere })

test('what is named is the same snapshot wherever it is, and may be at one destination only', () => {
  const plans = new Map([
    ['nas', plan([['abcd', one]], ['2222'])],
    ['vault', plan([['abcd', one]], ['2222'])],
    ['usb', plan([['2222', two]], ['abcd'])],
  ])

  expect(() => {
    agreeOnNamed(plans, [])
  }).not.toThrow()
})

test('the beginning of two ids means neither', () => {
  const plans = new Map([
    ['nas', plan([['abcd', one]])],
    ['vault', plan([['abcd', two]])],
  ])

  expect(() => {
    agreeOnNamed(plans, [])
  }).toThrow(
    expect.objectContaining({
      code: 'AMBIGUOUS',
      message: 'abcd means two snapshots: abcd11111111 at nas, abcd22222222 at vault. Nothing was removed',
    }),
  )
})

test('what nobody has that was asked may be where nobody could be', () => {
  const plans = new Map([['nas', plan([['abcd', one]], ['2222'])]])

  expect(() => {
    agreeOnNamed(plans, ['vault'])
  }).toThrow(
    expect.objectContaining({
      code: 'NOT_FOUND',
      message: 'there is no snapshot 2222: nothing was removed',
      hint: 'It may be at vault, which could not be read.',
    }),
  )
})

import { expect, test } from 'vitest'
import { fewAtOnce } from './few-at-once.ts'

test('so many are at work, so many wait for their turn, and the rest is sent away', async () => {
  const inTurn = fewAtOnce(2, 1)
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()]
  const begun: string[] = []
  const work = (name: string, until: Promise<string>): Promise<string> =>
    inTurn(() => {
      begun.push(name)
      return until
    })

  const all = [work('a', first.promise), work('b', second.promise), work('c', Promise.resolve('c'))]
  await expect(work('d', Promise.resolve('d'))).rejects.toMatchObject({ code: 'TOO_OFTEN' })
  expect(begun).toEqual(['a', 'b'])
  first.reject(new Error('no'))
  await expect(all[0]).rejects.toThrow('no')
  expect(await all[2]).toBe('c')
  second.resolve('b')
  expect(await all[1]).toBe('b')
  expect(await work('e', Promise.resolve('e'))).toBe('e')
})

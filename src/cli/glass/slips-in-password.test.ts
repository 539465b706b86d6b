import { expect, test } from 'vitest'
import { slipsIn } from './slips-in-password.ts'

const password = 'anvil-harbour-quartz'

test('the word of a master password that is mistyped is named, and the right one is not said', () => {
  expect(slipsIn(password, password)).toBeUndefined()
  expect(slipsIn('anvil-harbor-quartz', password)).toBe(
    'That is not it: word 2 is not “harbor”. Look at the paper.',
  )
  expect(slipsIn('Anvil-harbour-quarz', password)).toContain('word 1 is not “Anvil”, word 3 is not “quarz”')
})

test('a word too few, and blanks for hyphens, are told from words that are wrong', () => {
  expect(slipsIn('anvil-quartz', password)).toContain('it has 3 words with hyphens between them, and 2')
  expect(slipsIn('anvil harbour quartz', password)).toContain('The words are right')
})

import { expect, test } from 'vitest'
import { Secret } from '../../core/secret.ts'
import { requireGoodPassword } from './good-password.ts'

test.each([
  ['fourteen chars', /15 characters at least/],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', /could be guessed/],
  ['password1234567890', /could be guessed/],
  ['olgapetrovaolgapetrova', /could be guessed/],
  ['x'.repeat(1001), /1000 bytes at most/],
])('%s is refused, and not repeated', async (text, why) => {
  const refused = requireGoodPassword(new Secret(text), ['olga', 'petrova'])

  await expect(refused).rejects.toMatchObject({
    code: 'PASSWORD_WEAK',
    message: expect.stringMatching(why) as string,
    hint: expect.not.stringContaining(text) as string,
  })
})

test('several words that have nothing to do with each other are good, whatever characters they have', async () => {
  await requireGoodPassword(new Secret('nine violet otters hum softly'), ['olga'])
  await requireGoodPassword(new Secret('девять лиловых выдр поют'), ['olga'])
})

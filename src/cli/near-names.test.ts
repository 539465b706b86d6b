import { expect, test } from 'vitest'
import { noSuch } from './near-names.ts'

test.each([
  ['nsa', ['nas', 'vault'], 'Did you mean nas?'],
  ['tape', ['nas', 'vault'], 'There are: nas, vault.'],
  ['tape', [], 'There is no destination yet.'],
])('a name that is not there (%s, of %j) is answered by what to do', (text, names, hint) => {
  expect(noSuch('destination', text, names)).toMatchObject({ code: 'NOT_FOUND', hint })
})

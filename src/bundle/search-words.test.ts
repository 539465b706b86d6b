import { expect, test } from 'vitest'
import { hasAll, searchText, searchWords } from './search-words.ts'

const credential = {
  id: 'c-1',
  title: 'Servidor de SÃO PAULO',
  user: 'João',
  host: 'bd-ﬁscal.example.com',
  owner: undefined,
  tags: ['Produção'],
}

const finds = (typed: string): boolean => hasAll(searchText(credential), searchWords(typed))

test.for(['sao paulo', 'SÃO', 'Sa\u0303o', 'joao', 'JOÃO', 'producao servidor', 'fiscal', 'c-1', '', '  '])(
  'what is searched is found by %j, whatever its capitals and accents',
  (typed) => {
    expect(finds(typed)).toBe(true)
  },
)

test.for(['paulo joao rio', 'paulojoao', 'undefined'])('and not by %j', (typed) => {
  expect(finds(typed)).toBe(false)
})

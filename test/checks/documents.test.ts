import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')
const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => name !== 'README.md')

describe('the decisions', () => {
  test('are numbered without gaps, and each is in the index under its own title', () => {
    const index = decisions.toSorted().map((name) => {
      const [title = ''] = read('docs/decisions', name).split('\n')
      return `| [${name.slice(0, 4)}](${name}) | ${title.replace('# ', '')} |`
    })

    const numbers = decisions.map((name) => Number(name.slice(0, 4))).toSorted((a, b) => a - b)
    expect(numbers).toEqual(numbers.map((_, position) => position + 1))
    expect(read('docs/decisions/README.md').match(/^\| \[.*$/gm)).toEqual(index)
  })

  test('name every package that the product needs', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const text = decisions.map((name) => read('docs/decisions', name)).join('\n')

    const unnamed = Object.keys(dependencies).filter(
      (name) => !new RegExp(`\\b${familyOf(name)}\\b`, 'i').test(text),
    )

    expect(unnamed).toEqual([])
  })
})

test('every link between the documents leads somewhere', () => {
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ]
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target = '']) => ({
      document,
      target: normalize(join(dirname(document), target)),
    })),
  )

  const dead = links.filter(({ target }) => !existsSync(join(root, target)))

  expect(links.length).toBeGreaterThan(30)
  expect(dead).toEqual([])
})

/** Packages of one family share a page. */
function familyOf(name: string): string {
  return name.replace(/^@([a-z-]+)\/.*$/, '$1')
}

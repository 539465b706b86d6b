import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { isRedomaError } from '../core/errors.ts'
import { buildAllInOne, linesOfFiles } from './all-in-one.ts'

const openHtml = new TextEncoder().encode('<body>\n<!--files-->\n<script>run()</script>\n</body>\n')
const files = [
  { name: 'bastion-20261124T221000Z-42.age', content: new Uint8Array([0, 255, 60, 47]) },
  { name: 'identity.password.age', content: new TextEncoder().encode('</script><script>alert(1)</script>') },
]

test('a page with files in it is open.html again when their lines are taken out', () => {
  const page = new TextDecoder().decode(buildAllInOne(openHtml, files))

  const lines = page.split('\n')
  const without = lines.filter((line) => !line.startsWith('<script type="application/octet-stream"'))
  expect(lines).toHaveLength(without.length + files.length)
  expect(without.join('\n')).toBe(new TextDecoder().decode(openHtml))
  expect(page).not.toContain('alert')
})

test('a line that begins as a file does, and ends as a script, stays when the lines of files are taken out', () => {
  const page = new TextDecoder().decode(buildAllInOne(openHtml, files))
  const planted = '<script type="application/octet-stream" data-name="a"></script><script>alert(1)</script>'

  const left = execFileSync('grep', ['-vE', linesOfFiles], { input: `${planted}\n${page}` }).toString()

  expect(left).toBe(`${planted}\n${new TextDecoder().decode(openHtml)}`)
})

test.for(['a"b', 'a/b', '', '<script>', '.hidden'])('a file called %j is refused', (name) => {
  const build = () => buildAllInOne(openHtml, [{ name, content: new Uint8Array() }])

  expect(build).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('a page that has no room for files is refused', () => {
  try {
    buildAllInOne(new TextEncoder().encode('<html></html>'), files)
    expect.unreachable()
  } catch (error) {
    expect(isRedomaError(error, 'FORMAT_UNKNOWN')).toBe(true)
  }
})

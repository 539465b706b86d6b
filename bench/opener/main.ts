import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { browserNames, launchBrowser, placeOpenHtml } from '../../test/support/opener/browsers.ts'
import { writeBundleFiles } from '../../test/support/opener/bundle-files.ts'
import { manyRecords } from '../../test/support/opener/sample-records.ts'
import { aPage } from '../../test/support/opener/world.ts'
import { consoleTable } from '../peers/console-table.ts'

/**
 * `npm run bench:opener`: a bundle of 100,000 credentials with five former values each, in both browsers: deriving the key at 2^18, opening,
 * and what a keystroke takes in the search field until the list shows what was found.
 */
const folder = await mkdtemp(join(tmpdir(), 'redoma-bench-'))
try {
  const files = await writeBundleFiles(folder, manyRecords(100_000), { scryptLogN: 18 })
  const url = await placeOpenHtml(folder)
  const rows: string[][] = []
  for (const name of browserNames) {
    const browser = await launchBrowser(name)
    try {
      await using page = await aPage(browser, { url })
      page.tab.setDefaultTimeout(120_000)
      await page.give(files.bundle, files.identity)
      const { derivingMs, openingMs } = await page.timeOpening(files.password)
      const keys = await page.timeKeys('srv-4711 rack')
      rows.push([
        name,
        `${(derivingMs / 1000).toFixed(1)} s`,
        `${(openingMs / 1000).toFixed(1)} s`,
        `${median(keys).toFixed(0)} ms`,
        `${Math.max(...keys).toFixed(0)} ms`,
      ])
    } finally {
      await browser.close()
    }
  }
  console.log(consoleTable(['browser', 'key', 'opening', 'a keystroke', 'slowest'], rows))
} finally {
  await rm(folder, { recursive: true })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

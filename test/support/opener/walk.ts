import type { Texts } from '../../../src/opener/page/texts/english.ts'
import type { QuorumFiles } from './quorum-files.ts'
import type { OpenerPage, OpenerWorld } from './world.ts'

/** Goes through the page as somebody who opens a bundle does, and says what is on the screen each time something else is. */
export async function* walk(
  page: OpenerPage,
  { files }: OpenerWorld,
  quorum: QuorumFiles,
  texts: Texts,
): AsyncGenerator<string> {
  const { tab } = page
  const closeDialog = async () => {
    await page.press('Escape')
    await tab.waitForFunction(() => document.querySelector('dialog') === null)
  }
  yield 'the beginning'

  await page.give(files.bundle, quorum.identity, quorum.shares, files.ledger)
  await page.typeCard('shadwo pistol academic')
  await page.text('.doubt')
  yield 'a card with a word that is none'

  for (let times = 0; times < 2; times++) {
    await page.typeCard(quorum.cards[0] ?? '')
    await page.text('.cards .file')
  }
  await page.text('.boxed')
  yield 'a card that was given twice'

  await page.clickNamed(texts.scan)
  await page.text('dialog .hint')
  yield 'no camera'

  await closeDialog()
  await page.clickNamed(texts.remove('identity.quorum.age'))
  await page.give(files.identity)
  await page.enterPassword('wrong', false)
  yield 'a wrong password'

  await page.enterPassword(files.password)
  await page.waitForTexts('.badge', [texts.checked, texts.ledgerGood])
  yield 'the list'

  await page.search('orders')
  await page.press('Enter')
  await page.text('#detail-title')
  await page.clickNamed(texts.revealWhat(texts.secrets.password))
  await page.text('.letters')
  yield 'a credential'

  await page.clickNamed(texts.large)
  await page.text('.large-letters')
  yield 'a password in large letters'

  await closeDialog()
  await tab.click('.badge')
  await page.text('dialog .fingerprint')
  yield 'all about the bundle'

  await closeDialog()
  await page.clickNamed(texts.save)
  await page.text('dialog h2')
  yield 'saving and exporting'

  await closeDialog()
  await page.clickNamed(texts.lock)
  await page.clickNamed(texts.ceremony.enter)
  await tab.type('#instance', 'bastion')
  await tab.$eval('input[value="both"]', (input) => {
    input.click()
  })
  await page.clickNamed(texts.ceremony.addGroup)
  yield 'the wish of a ceremony'
}

import axe from 'axe-core'
import type { OpenerPage } from './world.ts'

interface AxeResult {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** What axe finds wrong with the page as it is now. */
export async function axeProblems({ tab }: OpenerPage): Promise<string[]> {
  await tab.evaluate(axe.source)
  const found = await tab.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: { run(): Promise<{ violations: AxeResult[] }> } }
    // A colour on its way to another is neither.
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)))
    const { violations } = await loaded.run()
    return violations
  })
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`),
  )
}

import type { BundleDoubt, Notifier } from '../../ports/notifier.ts'

/** People are told; that they could not be is no reason to have no bundle. */
export async function tellDoubt(
  { notifier }: { readonly notifier: Notifier },
  doubt: BundleDoubt,
): Promise<void> {
  await notifier.tell({ kind: 'bundle-doubtful', doubt }).catch(() => undefined)
}

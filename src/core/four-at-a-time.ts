const atOnce = 4

/**
 * Works on all items, four at a time, and waits for all of them even when one fails: nothing goes on behind the caller's
 * back.
 *
 * @throws what the first failed one threw; those not begun by then are left out
 */
export async function fourAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const failures: unknown[] = []
  async function worker(): Promise<void> {
    for (const item of waiting) {
      if (failures.length > 0) return
      await work(item).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  if (failures.length > 0) throw failures[0]
}

/* Twin of src/core/next-turn.ts: a worker that waits for nothing else has no turns to give. */
export function nextTurn(): Promise<void> {
  return Promise.resolve()
}

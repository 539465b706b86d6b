/** A test for paths: see `findEntries` for what a pattern means. */
export function makeNamePattern(pattern: string): (path: string) => boolean {
  if (!pattern.includes('/')) {
    return (path) => matches(pattern, path.slice(path.lastIndexOf('/') + 1))
  }
  const whole = pattern.startsWith('/') ? pattern : `**/${pattern}`
  return (path) => matches(whole, path)
}

/**
 * Goes through both at once and, where they part, back to the last `*` alone: the time is at most the product of the two
 * lengths, where a regular expression made of a hostile pattern could take for ever.
 */
function matches(pattern: string, text: string): boolean {
  const tokens = pattern.match(/\*\*|[^]/gu) ?? []
  const characters = Array.from(text)
  let reached = startStates(tokens)
  for (const character of characters) {
    reached = nextStates(tokens, reached, character)
    if (reached.size === 0) return false
  }
  return reached.has(tokens.length)
}

/** The positions in a pattern that can be reached without a character: those behind stars. */
function startStates(tokens: readonly string[]): Set<number> {
  return throughStars(tokens, new Set([0]))
}

function nextStates(tokens: readonly string[], states: ReadonlySet<number>, character: string): Set<number> {
  const next = new Set<number>()
  for (const state of states) {
    const token = tokens[state]
    if (token === '**' || (token === '*' && character !== '/')) next.add(state)
    else if (token === character || (token === '?' && character !== '/')) next.add(state + 1)
  }
  return throughStars(tokens, next)
}

function throughStars(tokens: readonly string[], states: Set<number>): Set<number> {
  for (const state of states) if (tokens[state]?.startsWith('*') === true) states.add(state + 1)
  return states
}

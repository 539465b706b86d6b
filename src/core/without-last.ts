/** A text without these characters at its end. A pattern with `+$` begins anew at each of them, wherever they stand: a long text takes hours. */
export function withoutLast(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end -= 1
  return text.slice(0, end)
}

/** The same at both ends. */
export function withoutOuter(text: string, character: string): string {
  const trimmed = withoutLast(text, character)
  let start = 0
  while (trimmed[start] === character) start += 1
  return trimmed.slice(start)
}

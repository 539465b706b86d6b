/** The commands of `README.txt` at a destination, as they stand: the indented lines between `[heading]` and the next `[`. */
export function commandsOf(readme: string, heading: string): string[] {
  const block = readme.split(`\n[${heading}]\n`)[1]?.split('\n[')[0] ?? ''
  return block.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []))
}

/** The commands of `README.txt` at a destination, as they stand: the indented lines between `[heading]` and the next `[`. */
export function commandsOf(readme: string, heading: string): string[] {
  const block = readme.split(`\n[${heading}]\n`)[1]?.split('\n[')[0] ?? ''
  return block.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []))
}

/** The commands of a section of a page in Markdown: the indented lines between `## heading` and the next heading like it, without those of `[placeholder, what stands for it]`. */
export function commandsUnder(
  page: string,
  heading: string,
  filled: readonly (readonly [string, string])[],
): string[] {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const commands = section.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []))
  return commands.map((command) =>
    filled.reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), command),
  )
}

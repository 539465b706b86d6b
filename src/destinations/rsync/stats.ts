/** A figure of `--stats`; 0 where there is none. */
export function figureIn(output: string, title: string): number {
  const [, digits = '0'] = new RegExp(`^${title}: (\\d{1,16})(?:\\s|$)`, 'm').exec(output) ?? []
  return Number(digits)
}

/** How many plain files `--stats` tells of, taken or not; `undefined` where it does not tell kinds apart. */
export function plainFilesIn(output: string): number | undefined {
  const found = /^Number of files: (\d{1,16})(?: \((.*)\))?$/m.exec(output)
  if (found === null) return undefined
  const [, all, kinds] = found
  if (kinds === undefined) return all === '0' ? 0 : undefined
  return Number(/(?:^|, )reg: (\d{1,16})(?:,|$)/.exec(kinds)?.[1] ?? 0)
}

/** `20260301T050000Z`: a time that is a plain part of a name and sorts as text. */
export function compactTime(time: Date): string {
  return time
    .toISOString()
    .replace(/\.\d{3}Z$/, 'Z')
    .replaceAll(/[-:]/g, '')
}

import { expect, test } from 'vitest'
import { wantedFiles } from './dropped-files.ts'

test('of a chosen folder a challenge is taken by the name that the handbook gives it, too', () => {
  const names = ['drill.json', 'drill-1-2.json', 'shares.json', 'holiday.json', 'notes-drill.json']
  const files = names.map((name) =>
    Object.assign(new File([], name), { webkitRelativePath: `secrets/${name}` }),
  )
  expect(wantedFiles(files).map(({ name }) => name)).toEqual(['drill.json', 'drill-1-2.json', 'shares.json'])
})

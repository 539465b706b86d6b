import type { Danger } from '../../ports/approval.ts'

/** What is dangerous, as people say it: `a second person has to agree to …`. */
export const dangerWords: Readonly<Record<Danger, string>> = {
  recipient: 'another recovery key',
  copies: 'the removal of copies',
  retention: 'copies being kept for a shorter time',
  'restore-over': 'a restore over what is there',
  administrators: 'a change of who administers',
  rules: 'a change of who has to agree to what',
}

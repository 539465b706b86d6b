import { invitationPath } from '../api/routes/invitation-page.ts'
import type { OpenInstance } from '../cli/services.ts'

/**
 * What is said to who starts a daemon that nobody can sign in to yet: where there is a person at a terminal, the link for the first
 * administrator. Nowhere else, as what a service says is kept in a journal that others read.
 *
 * @param address `https://HOST:PORT`
 * @param machineName for who comes from elsewhere, where all addresses are served
 */
export async function noteOnFirst(
  { catalogue, inviteFirst }: Pick<OpenInstance, 'catalogue' | 'inviteFirst'>,
  address: string,
  { machineName, isAtTerminal }: { readonly machineName: string; readonly isAtTerminal: boolean },
): Promise<string[]> {
  if ((await catalogue.users.list()).length > 0) return []
  if (!isAtTerminal) return ['Nobody may sign in yet. Try: redoma user invite NAME --role administrator']
  const invited = await inviteFirst()
  if (invited === undefined) return []
  const reachable = address.replace(/^https:\/\/(0\.0\.0\.0|\[::\]):/, `https://${machineName}:`)
  return [
    'Nobody may sign in yet. Who opens this link, once and within a day, becomes the first administrator:',
    `  ${reachable}${invitationPath}#${invited.secret.reveal()}`,
  ]
}

import type { Language } from '../../core/language.ts'
import type { Correction, Missing, ShareFault, UnknownWord } from './fault.ts'

/** How the things that a fault counts are called, both from 0: "card 3", "the share of Ana"; "board". */
export interface FaultNames {
  readonly share?: ((at: number) => string) | undefined
  readonly group?: ((at: number) => string) | undefined
}

/**
 * What is wrong and what to do, in one or two sentences, for whoever typed the words. It may repeat some of them: it is shown, and
 * never logged.
 */
export function sayFault(fault: ShareFault, language: Language, names: FaultNames = {}): string {
  const say = phrases[language]
  const share = names.share ?? ((at) => say.share(at + 1))
  const group = names.group ?? ((at) => say.group(at + 1))
  switch (fault.kind) {
    case 'unknown-words':
      return fault.words.map((word) => say.unknownWord(word, say.or(word.proposals))).join(' ')
    case 'word-count':
      return [say.wordCount(fault.count), ...corrections(fault.corrections)].join(' ')
    case 'checksum':
      return fault.corrections.length === 0
        ? say.severalMistyped
        : [say.mistyped, ...corrections(fault.corrections)].join(' ')
    case 'impossible':
      return say.impossible
    case 'too-many-iterations':
      return say.tooManyIterations
    case 'another-set':
      return say.anotherSet(say.and(fault.shares.map(share)), fault.shares.length)
    case 'repeated':
      return say.repeated(say.and(fault.shares.map(share)))
    case 'too-few':
      return sayMissing(fault.missing, language, group)
    case 'digest':
      return say.digest
  }

  function corrections(list: readonly Correction[]): string[] {
    return list.length === 0 ? [] : [say.perhaps(say.or(list.slice(0, 3).map(say.correction)))]
  }
}

/** Where it is wrong, in English and without a word of the share: fit for a log. `undefined` when that is not known. */
export function sayPlaces(fault: ShareFault): string | undefined {
  const places = placesOf(fault)
  if (places.length === 0) return undefined
  return `look at ${places.length === 1 ? 'word' : 'words'} ${english.and(places.map(String))}`
}

function placesOf(fault: ShareFault): number[] {
  switch (fault.kind) {
    case 'unknown-words':
      return fault.words.map(({ position }) => position)
    case 'word-count':
    case 'checksum':
      return fault.corrections
        .slice(0, 1)
        .flatMap((correction) => (correction.kind === 'swap' ? correction.positions : [correction.position]))
    case 'impossible':
    case 'too-many-iterations':
    case 'another-set':
    case 'repeated':
    case 'too-few':
    case 'digest':
      return []
  }
}

/** "Still needed: 1 more card." One group needs no name. */
export function sayMissing(missing: Missing, language: Language, group: (at: number) => string): string {
  const say = phrases[language]
  const areSeveral = missing.ofGroups.length > 1 || missing.groups > 0
  const ofGroups = missing.ofGroups.map((one) => say.more(one.shares, areSeveral ? group(one.group) : ''))
  const ofOthers = missing.groups === 0 ? [] : [say.moreGroups(missing.groups)]
  return say.stillNeeded(say.and([...ofGroups, ...ofOthers]))
}

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`
const list = (items: readonly string[], last: string): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`

const english = {
  or: (items: readonly string[]) => list(items, 'or'),
  and: (items: readonly string[]) => list(items, 'and'),
  share: (number: number) => `card ${number}`,
  group: (number: number) => `group ${number}`,
  unknownWord: ({ position, typed, isCertain, proposals }: UnknownWord, meant: string) => {
    if (isCertain) return `Word ${position}, “${typed}”: by all the others it must be “${meant}”.`
    const start = `Word ${position}, “${typed}”, is not in the list of words`
    return proposals.length === 0 ? `${start}: look at the card again.` : `${start}. Perhaps it is ${meant}?`
  },
  wordCount: (count: number) => `These are ${plural(count, 'word', 'words')}; a card has 20 or 33.`,
  mistyped: 'All words are in the list, but they do not fit together.',
  severalMistyped:
    'All words are in the list, but they do not fit together, and no single slip explains it. Compare each word with the card.',
  perhaps: (what: string) => `Most likely ${what}.`,
  correction: (correction: Correction) => {
    switch (correction.kind) {
      case 'replace':
        return `word ${correction.position} should be “${correction.word}”`
      case 'swap':
        return `words ${correction.positions.join(' and ')} have changed places`
      case 'insert':
        return `“${correction.word}” is missing as word ${correction.position}`
      case 'remove':
        return `word ${correction.position} is one too many`
    }
  },
  impossible:
    'The words are right, but they contradict each other: no program should have written this card.',
  tooManyIterations: 'This card asks for more work than is done here. It is not one of Redoma.',
  anotherSet: (shares: string, count: number) =>
    `${capital(shares)} ${count === 1 ? 'is' : 'are'} of another set than the rest: of a former ceremony, or of another instance. Leave ${count === 1 ? 'it' : 'them'} out.`,
  repeated: (shares: string) => `${capital(shares)} are the same. Each counts once: take another.`,
  digest:
    'These cards look as if they were of one set, and do not fit together: one of them is not what it says. Try others.',
  stillNeeded: (what: string) => `Still needed: ${what}.`,
  more: (count: number, group: string) =>
    `${plural(count, 'more card', 'more cards')}${group === '' ? '' : ` of ${group}`}`,
  moreGroups: (count: number) => `enough cards of ${plural(count, 'other group', 'other groups')}`,
}

const portuguese: typeof english = {
  or: (items) => list(items, 'ou'),
  and: (items) => list(items, 'e'),
  share: (number) => `o cartão ${number}`,
  group: (number) => `grupo ${number}`,
  unknownWord: ({ position, typed, isCertain, proposals }, meant) => {
    if (isCertain) return `Palavra ${position}, “${typed}”: pelas outras, só pode ser “${meant}”.`
    const start = `A palavra ${position}, “${typed}”, não está na lista de palavras`
    return proposals.length === 0 ? `${start}: confira o cartão.` : `${start}. Seria ${meant}?`
  },
  wordCount: (count) => `Aqui há ${plural(count, 'palavra', 'palavras')}; um cartão tem 20 ou 33.`,
  mistyped: 'Todas as palavras estão na lista, mas não combinam entre si.',
  severalMistyped:
    'Todas as palavras estão na lista, mas não combinam entre si, e nenhum erro isolado explica isso. Compare cada palavra com o cartão.',
  perhaps: (what) => `O mais provável: ${what}.`,
  correction: (correction) => {
    switch (correction.kind) {
      case 'replace':
        return `a palavra ${correction.position} deve ser “${correction.word}”`
      case 'swap':
        return `as palavras ${correction.positions.join(' e ')} estão trocadas`
      case 'insert':
        return `falta “${correction.word}” como palavra ${correction.position}`
      case 'remove':
        return `a palavra ${correction.position} está sobrando`
    }
  },
  impossible:
    'As palavras estão certas, mas se contradizem: nenhum programa deveria ter escrito este cartão.',
  tooManyIterations: 'Este cartão exige mais trabalho do que se faz aqui. Não é um cartão do Redoma.',
  anotherSet: (shares, count) =>
    count === 1
      ? `${capital(shares)} é de outro conjunto: de uma cerimônia anterior ou de outra instância. Deixe-o de fora.`
      : `${capital(shares)} são de outro conjunto: de uma cerimônia anterior ou de outra instância. Deixe-os de fora.`,
  repeated: (shares) => `${capital(shares)} são o mesmo. Cada um conta uma vez: use outro.`,
  digest:
    'Estes cartões parecem ser do mesmo conjunto, mas não combinam: um deles não é o que diz ser. Tente outros.',
  stillNeeded: (what) => `Ainda falta: ${what}.`,
  more: (count, group) => `mais ${plural(count, 'cartão', 'cartões')}${group === '' ? '' : ` (${group})`}`,
  moreGroups: (count) => `cartões suficientes de ${plural(count, 'outro grupo', 'outros grupos')}`,
}

const phrases: Readonly<Record<Language, typeof english>> = { en: english, 'pt-BR': portuguese }

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

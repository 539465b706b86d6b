import type { Language } from '../../../core/language.ts'
import type { CardText } from './card-text.ts'
import { english } from './in-english.ts'
import { portuguese } from './in-portuguese.ts'
import type { ShareCard } from './share-card.ts'

export function cardText(card: ShareCard, language: Language): CardText {
  return language === 'en' ? english(card) : portuguese(card)
}

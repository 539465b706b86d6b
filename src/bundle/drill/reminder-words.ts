/** Whom a reminder is for, and of what. */
export interface ReminderFacts {
  /** Of the guardian. */
  readonly name: string
  readonly instance: string
  /** Numbers of the cards. */
  readonly shares: readonly number[]
  readonly drillDays: number
}

/** What a guardian is told whose drill is overdue, in English (`text`) and Portuguese (`hint`). Says on the way that the words of a card are for nobody's mail. */
export function guardianWords({ name, instance, shares, drillDays }: ReminderFacts): {
  readonly title: string
  readonly text: string
  readonly hint: string
} {
  const numbers = shares.join(', ')
  const one = shares.length === 1
  return {
    title: 'Do you still have your card? / Ainda tem o seu cartão?',
    text:
      `Dear ${name}: you keep ${one ? `card ${numbers}` : `cards ${numbers}`} for the backups of ${instance}, and nobody has seen for ${drillDays} days that ${one ? 'it is' : 'they are'} still there. ` +
      `Please look for ${one ? 'it' : 'them'}. If ${one ? 'it is' : 'they are'} there, ask whoever runs ${instance} for a drill: you type the words of your card on your own machine, and tell only the code that it shows. ` +
      `If ${one ? 'it is' : 'one is'} lost, or somebody else may have seen it, say so at once. Never tell anybody the words of a card, and never write them in a mail: nobody who may ask needs them.`,
    hint:
      `Caro/a ${name}: guarda ${one ? `o cartão ${numbers}` : `os cartões ${numbers}`} das cópias de segurança de ${instance}, e há ${drillDays} dias que ninguém confirma que ainda ${one ? 'existe' : 'existem'}. ` +
      `Procure-${one ? 'o' : 'os'}, por favor. Se ${one ? 'o' : 'os'} tiver, peça um exercício a quem administra ${instance}: escreve as palavras do cartão no seu próprio computador e diz apenas o código que este mostra. ` +
      `Se ${one ? 'o perdeu' : 'perdeu algum'}, ou se outra pessoa o pode ter visto, avise de imediato. Nunca diga a ninguém as palavras de um cartão, nem as escreva num e-mail: quem tem o direito de perguntar não precisa delas.`,
  }
}

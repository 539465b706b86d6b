import type { CeremonyTexts } from './ceremony-english.ts'

export const ceremonyPortuguese: CeremonyTexts = {
  title: 'Realizar uma cerimônia',
  enter: 'Realizar uma cerimônia',
  enterLead: 'Nada para abrir? Nesta página também se cria uma nova chave de recuperação.',
  lead: 'Uma chave de recuperação é criada nesta página, neste aparelho. Os segredos dela vão para o papel; só um arquivo público vai para a instância.',
  before:
    'Realize-a em uma máquina em que todos confiem, com a rede desligada, em um navegador sem extensões, e com um open.html cujo SHA-256 foi comparado. Depois feche o navegador: uma página pode limpar a tela e encerrar o seu processo, mas não pode prometer que o navegador esqueça todas as cópias na memória.',
  toOpening: 'Em vez disso, abrir um pacote',
  forWhom: 'Para que serve',
  instance: 'Nome da instância',
  instanceHint: 'Como redoma status o mostra; ele fica nos cartões.',
  instanceMissing: 'Falta o nome da instância: no máximo 200 letras, em uma linha.',
  profile: 'Tipo de chave',
  classic: 'Clássica: todo age a abre',
  pq: 'Contra computadores quânticos: sem esta página, exige o age 1.3 ou mais novo',
  opens: 'O que a abre',
  way: { password: 'Senha', quorum: 'Guardiões', both: 'Qualquer um' },
  wayHint: {
    password: 'Quem tem a senha mestra abre tudo, sozinho.',
    quorum: 'Os guardiões abrem juntos, cada um com um cartão; ninguém sozinho.',
    both: 'Os guardiões juntos, ou só a senha mestra: guarde-a lacrada, onde nenhum guardião a tenha.',
  },
  passwordWords: 'Tamanho da senha mestra',
  passwordWordsOption: (words, bits) => `${words} palavras aleatórias: ${bits} bits`,
  passwordMade:
    'Ela é criada aqui. Uma senha própria pode ser dada a redoma glass ceremony, que reconhece as fracas.',
  group: 'Nome do grupo',
  groupNumbered: (number) => `Grupo ${number}`,
  needed: 'Necessários',
  of: 'Cartões',
  addGroup: 'Acrescentar um grupo',
  removeGroup: (number) => `Remover o grupo ${number}`,
  groupsNeeded: 'Grupos necessários',
  groupsNeededOption: (needed, all) => (needed === all ? `todos os ${all}` : `${needed} de ${all}`),
  defaultGroup: 'guardiões',
  groupNames: 'Cada grupo precisa de um nome só seu.',
  make: 'Criar a chave',
  making: 'A chave',
  makingLead:
    'A chave é criada, protegida e usada uma vez, como em uma emergência. Leva até meio minuto, de propósito.',
  makingShort: 'Criando a chave',
  stop: 'Interromper a cerimônia',
  stopSure: 'Interromper? A chave é descartada, e o que já está no papel não abre nada.',
  goOn: 'Continuar',
  stopped: 'A cerimônia foi interrompida. Nada dela ficou na página; destrua o que foi anotado ou impresso.',
  onPaper: 'No papel, e conferido',
  passwordTitle: 'A senha mestra',
  cardTitle: (number, count, group) =>
    `Cartão ${number} de ${count}${group === undefined ? '' : `, de ${group}`}`,
  readyPassword: 'Ela é mostrada uma vez. Tenha papel e caneta à mão, e não deixe mais ninguém ver a tela.',
  readyCard:
    'Só para o seu guardião: ninguém mais deve ver a tela. Tenha papel e caneta à mão, ou uma impressora.',
  guardian: 'Guardião (para o cartão impresso; pode ficar vazio)',
  show: 'Mostrar',
  shownPassword: 'Anote: letras minúsculas, com hifens entre as palavras.',
  shownCard: 'Anote todas as palavras com os seus números, e o número do cartão; ou imprima.',
  print: 'Imprimir o cartão',
  printHint:
    'Só em uma impressora ligada a esta máquina: muitas guardam o que imprimem. Imprimir em arquivo deixaria as palavras em um disco.',
  isOnPaper: 'Está no papel: limpar a tela',
  typePassword: 'Agora digite a senha a partir do papel.',
  typeCard: 'Agora o guardião digita as palavras a partir do papel, ou mostra o código impresso.',
  paperDecides: 'Se o papel diz outra coisa, corrija o papel.',
  compare: 'Comparar',
  showAgain: 'Mostrar mais uma vez',
  slips(slips) {
    switch (slips.kind) {
      case 'count':
        return `Não é esta: ela tem ${slips.right} palavras com hifens entre elas, e foram digitadas ${slips.typed}.`
      case 'words': {
        const wrong = slips.words.map(({ position, typed }) => `a palavra ${position} não é “${typed}”`)
        return `Não é esta: ${wrong.join(', ')}. Olhe o papel.`
      }
      case 'hyphens':
        return 'As palavras estão certas; mas entre elas há hifens, e nada mais.'
    }
  },
  cardIsOther: (number) => `Este é o cartão ${number}, e o pedido é outro.`,
  cardIsForeign: 'É um cartão inteiro, mas não desta cerimônia: está em um papel antigo.',
  proven: (what) => `${what}: no papel, e conferido.`,
  covered: 'Parecia não haver ninguém aqui: a tela foi limpa.',
  done: 'A chave de recuperação está pronta',
  doneLead:
    'Ela abriu algo de cada uma das suas maneiras, e tudo que a abre foi digitado de volta a partir do papel. Nada nestes arquivos é secreto.',
  checkValue: 'Valor de conferência',
  checkValueHint:
    'redoma glass adopt pergunta por ele. Leve-o até a instância no papel ou no cartão de recuperação salvo, e não pelo mesmo caminho que recovery-key.json.',
  save: (name) => `Salvar ${name}`,
  next: 'Na instância: redoma glass adopt recovery-key.json, e depois redoma glass drill. Guarde o cartão de recuperação com esta página, e não junto dos cartões ou da senha. Os arquivos de identidade vão sozinhos para as cópias; salve-os só para tê-los mais uma vez.',
  close: 'Encerrar a cerimônia',
  notSaved: 'recovery-key.json não foi salvo: sem ele, a chave que foi criada se perde.',
  ended: 'A cerimônia terminou. Feche o navegador agora.',
}

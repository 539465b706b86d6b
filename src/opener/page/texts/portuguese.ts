import { ceremonyPortuguese } from './ceremony-portuguese.ts'
import type { Texts } from './english.ts'

const whole = new Intl.NumberFormat('pt-BR')
const count = (number: number, one: string, many: string): string =>
  `${whole.format(number)} ${number === 1 ? one : many}`
const decimal = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 1 })

export const portuguese: Texts = {
  language: 'pt-BR',
  name: 'Português',
  ceremony: ceremonyPortuguese,
  kinds: {
    password: 'Senha',
    'ssh-key': 'Chave SSH',
    'access-key': 'Chave de acesso',
    token: 'Token',
    database: 'Acesso a banco de dados',
    note: 'Nota',
  },
  secrets: {
    password: 'Senha',
    'ssh-key': 'Chave privada',
    'access-key': 'Chave secreta',
    token: 'Token',
    database: 'Senha',
    note: 'Texto',
  },
  facts: {
    user: 'Usuário',
    host: 'Servidor',
    port: 'Porta',
    url: 'Endereço',
    database: 'Banco de dados',
    folder: 'Pasta',
    owner: 'Responsável',
    created: 'Criada',
    changed: 'Alterada',
  },
  roles: {
    bundle: 'Pacote',
    'password-identity': 'Identidade, por senha mestra',
    'quorum-identity': 'Identidade, por cartões',
    'plain-identity': 'Identidade, sem proteção',
    'share-list': 'Lista de cartões',
    ledger: 'Registro',
    drill: 'Exercício',
    unknown: 'Não é necessário',
  },
  errors: {
    DATA_DAMAGED:
      'O arquivo está danificado: foi cortado ou alterado. Use a cópia de outro destino, ou o pacote anterior.',
    FORMAT_UNKNOWN: 'Este não é um arquivo que a página conheça.',
    LIMIT_EXCEEDED:
      'O arquivo exige mais memória ou trabalho do que qualquer um dos nossos. Não é nosso, ou foi alterado.',
    FILE_FAILED: 'O arquivo não pode mais ser lido. Escolha-o de novo.',
    INTERNAL:
      'A própria página falhou, talvez por falta de memória. Feche outras abas e tente de novo, ou use open.mjs ou age (README.txt).',
  },
  count: (number) => whole.format(number),
  bytes: (bytes) =>
    bytes < 1024
      ? `${bytes} B`
      : bytes < 1024 ** 2
        ? `${Math.round(bytes / 1024)} KiB`
        : `${decimal.format(bytes / 1024 ** 2)} MiB`,
  time: (iso) =>
    new Intl.DateTimeFormat('pt-BR', { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso)),
  day: (iso) => new Intl.DateTimeFormat('pt-BR', { dateStyle: 'medium' }).format(new Date(iso)),
  ago: (amount, unit) => new Intl.RelativeTimeFormat('pt-BR', { numeric: 'always' }).format(-amount, unit),

  title: 'Abrir um pacote',
  lead: 'Tudo acontece nesta página, neste aparelho. Nada é enviado a lugar nenhum, e nada fica guardado.',
  language_: 'Idioma',
  toDark: 'Escuro',
  toLight: 'Claro',
  appearance: 'Aparência',
  skip: 'Ir para a parte principal',

  filesStep: 'Os arquivos',
  drop: 'Solte aqui o pacote e o arquivo de identidade',
  dropMore: 'Eles ficam lado a lado na pasta “secrets”. O ledger.jsonl também pode vir.',
  chooseFiles: 'Escolher arquivos',
  chooseFolder: 'Escolher a pasta',
  remove: (name) => `Remover ${name}`,
  bundleMissing: 'Ainda falta: o pacote, um arquivo cujo nome termina como -20261127T221000Z-42.age',
  identityMissing: 'Ainda falta: identity.password.age ou identity.quorum.age, que ficam ao lado do pacote',
  whichBundle: 'Qual pacote',
  whichIdentity: 'Qual identidade',
  bundles: (number) => count(number, 'pacote', 'pacotes'),
  newest: (name) => `mais novo: ${name}`,

  keyStep: 'A chave',
  filesFirst: 'Primeiro os arquivos, acima.',
  byPassword: 'Senha mestra',
  byCards: 'Cartões',
  password: 'Senha mestra',
  passwordHint: 'Como foi anotada na cerimônia, com os hifens.',
  showPassword: 'Mostrar a senha',
  hidePassword: 'Ocultar a senha',
  capsLock: 'Caps lock está ligado.',
  words: 'Palavras de um cartão',
  wordsHint:
    'Digite ou cole na ordem; bastam as quatro primeiras letras de cada uma. Um ponto de interrogação vale por uma palavra ilegível.',
  suggestions: 'Palavras que começam assim',
  wordUnknown: (position, word) => `A palavra ${position}, “${word}”, não está na lista. Talvez:`,
  card: (number, group) => `Cartão ${number}, ${group}`,
  cardUnnamed: (number) => `Cartão (o ${number}º informado)`,
  group: (number) => `grupo ${number}`,
  cardsOf: (threshold, cards, group) => `${threshold} dos ${cards} cartões de ${group}`,
  cardsNeeded: (each, groups) =>
    each.length === groups
      ? `São necessários: ${each.join(' e ')}.`
      : `São necessários: ${each.join(', ou ')}${groups === 1 ? '' : `; ${groups} destes`}.`,
  cardsAny: 'Comece com qualquer cartão.',
  cardsEnough: 'Estes cartões bastam.',
  cardTaken: (name) => `${name}: aceito.`,
  cardForged:
    'Este cartão diz ser deste conjunto, e a lista de cartões daqui não o tem. Um dos dois não é autêntico: o cartão ou a lista.',
  cardOther:
    'Este cartão é de outro conjunto: de outra instância, ou de uma cerimônia que nenhum shares.json daqui conhece.',
  cardOfGeneration: (number, group, generation) =>
    `Este é o cartão ${number} de ${group}, da geração ${generation}: pertence a outro conjunto, e abre os pacotes da sua época.`,
  cardsMissing: 'Faltam cartões para abrir.',
  cardAgain: (name) => `${name}, já foi aceito; use outro.`,
  useCorrection: 'Corrigir',
  takeAnyway: 'Usar mesmo assim',
  scan: 'Ler um cartão',
  scanLead:
    'Mostre o código QR do cartão à câmera, ou escolha uma foto dele, tirada com uma câmera que não seja de telefone: apague-a depois. A foto não sai desta página.',
  scanPicture: 'Escolher uma foto',
  scanNothing:
    'Nenhum código QR pode ser lido nesta foto. Tire outra de mais perto, com mais luz, ou digite as palavras.',
  scanNoCamera:
    'Nenhuma câmera foi encontrada, ou outro programa a está usando. Escolha uma foto, ou feche isto e digite as palavras.',
  scanRefused:
    'O navegador não dá a câmera a esta página. Permita-a ali, onde ele mostra o endereço da página, e leia de novo; ou escolha uma foto, ou feche isto e digite as palavras.',
  scanRunning: 'A câmera está ligada.',
  derivingCards: 'Calculando a chave a partir dos cartões. Leva alguns segundos, de propósito.',
  drillTitle: 'Responder a um exercício',
  drillStep: 'O exercício',
  drillAbout: (instance, generation, until) =>
    `Exercício de ${instance}, geração ${generation}; respostas valem até ${until}.`,
  drillLead:
    'Digite o seu próprio cartão: ele abre uma pergunta feita só a ele, e nenhum segredo. Para mostrar que a chave inteira existe, junte acima o arquivo de identidade.',
  drillCard: (card) => `O cartão ${card} está bom. A resposta:`,
  drillWhole: 'A chave inteira existe. A resposta:',
  drillRead: 'Leia-a para quem conduz o exercício, ou envie o arquivo. Ela não abre nada.',
  drillNotAsked:
    'O seu cartão não é deste exercício: vem de uma cerimônia anterior, ou é de outra instância.',
  drillKeyNotAsked:
    'A sua chave não é deste exercício: vem de uma cerimônia anterior, ou é de outra instância.',
  drillSave: 'Salvar a resposta',
  noKey:
    'Este arquivo de identidade não tem proteção: nenhuma senha é necessária. Quem teve esta cópia pode ter posto ali o seu.',
  open: 'Abrir',
  stop: 'Parar',
  deriving: 'Calculando a chave a partir da senha. Leva alguns segundos, de propósito.',
  reading: 'Lendo o pacote …',
  derivingShort: 'Chave',
  stopped: 'Parado.',

  passwordWrong:
    'Esta senha não abre o arquivo de identidade. Confira maiúsculas, hifens e se falta uma palavra.',
  otherGeneration:
    'A chave está certa, mas este pacote foi selado para outra. Um pacote mais antigo precisa da identidade da época, identity.generation-N.password.age, e da senha de então.',
  keyWrong: 'Esta identidade não abre o pacote.',
  details: 'Detalhes',

  lockedIdle: 'Bloqueado após cinco minutos sem uso. Tudo o que estava aberto saiu da memória.',
  locked: 'Bloqueado. Tudo o que estava aberto saiu da memória.',
  lock: 'Bloquear',
  lockSoon: 'Parece que não há ninguém aqui: a página será bloqueada em meio minuto.',
  stay: 'Manter aberto',

  bundleOf: (sequence, scope) =>
    scope === undefined ? `Pacote ${sequence}` : `Pacote ${sequence} do escopo ${scope}`,
  made: (ago) => `feito ${ago}`,
  old: 'Este pacote é antigo. Veja se existe um mais novo.',
  generation: (number) => `Geração ${number}`,
  fingerprint: 'Impressão digital da chave de recuperação',
  toCompare:
    'Compare com os seus papéis antes de usar qualquer coisa daqui: quem inventou uma cópia tem outros.',
  keyToCompare: 'Chave de recuperação',
  doubted: (why) => `Quando foi feito, a própria instância duvidou dele; veja também o anterior. ${why}`,
  keyPlain: 'Não foi preciso senha nem cartão: quem teve esta cópia pode ter inventado tudo.',
  rewrapped: (made, now) =>
    `Foi selado para a geração ${made} e reempacotado depois: a chave é da geração ${now}.`,
  fingerprintWrong:
    'O pacote indica outra chave de recuperação, não a que o abriu. Não confie nele antes que alguém verifique.',
  checking: 'Conferindo o resto …',
  checked: 'Todas as partes conferidas',
  damaged: (number) => count(number, 'parte danificada', 'partes danificadas'),
  ledgerNone: 'Registro não consultado',
  ledgerChecking: 'Lendo o registro …',
  ledgerGood: 'O registro confere',
  ledgerBad: 'O registro não confere',
  ledgerAdd: 'Escolher ledger.jsonl',
  ledgerNewest: (newest) => `Existe um pacote mais novo: o registro lista o ${newest}.`,
  signerToCompare: 'Quem assina o registro',
  ledgerNotListed: 'O registro não lista este pacote.',
  ledgerAltered: 'O registro lista um pacote com este nome e outro conteúdo.',
  ledgerMissing: 'O registro diz se foi o seu signatário que pôs este pacote ali, e se existe um mais novo.',

  search: 'Buscar',
  searchHint: 'Título, usuário, servidor, pasta, etiqueta',
  results: (number) => (number === 0 ? 'Nada encontrado' : count(number, 'credencial', 'credenciais')),
  resultsOf: (number, all) => `${whole.format(number)} de ${count(all, 'credencial', 'credenciais')}`,
  list: 'Credenciais',
  nothingFound: 'Nada encontrado. Menos letras acham mais; acentos e maiúsculas não importam.',
  choose: 'Escolha uma credencial para vê-la.',
  back: 'Voltar à lista',

  reveal: 'Mostrar',
  conceal: 'Ocultar',
  hidden: 'oculto',
  large: 'Ampliar',
  largeTitle: 'Letra por letra',
  capital: 'maiúscula',
  copy: 'Copiar',
  copyWhat: (what) => `Copiar ${what.toLowerCase()}`,
  revealWhat: (what) => `Mostrar ${what.toLowerCase()}`,
  concealWhat: (what) => `Ocultar ${what.toLowerCase()}`,
  copied: (what) => `${what}: copiado.`,
  clearsIn: (seconds) => `Sai da área de transferência em ${seconds} s`,
  clearNow: 'Limpar agora',
  cleared: 'A área de transferência foi limpa.',
  clearsAtClick: 'Clique ou tecle aqui para limpar a área de transferência.',
  copyFailed: 'O navegador não deixou copiar. Mostre, e copie à mão.',
  code: 'Código de uso único',
  codeBad: 'A semente do código de uso único não pode ser lida.',
  codeSeconds: (seconds) => `vale por ${seconds} s`,
  seed: 'Semente do código de uso único',
  notes: 'Notas',
  tags: 'Etiquetas',
  fields: 'Outros campos',
  attachments: 'Arquivos',
  download: 'Salvar',
  saveWhat: (what) => `Salvar ${what}`,
  history: (number) => count(number, 'valor anterior', 'valores anteriores'),
  historyHint: 'O que um sistema antigo, restaurado de um backup, ainda pode aceitar.',
  former: 'Valor anterior',
  until: (time) => `até ${time}`,

  about: 'Sobre este pacote',
  save: 'Salvar e exportar',
  instance: 'Instância',
  madeAt: 'Feito',
  contents: 'Contém',
  holds: (credentials, former, attachments) =>
    `${count(credentials, 'credencial', 'credenciais')}, ${count(former, 'valor anterior', 'valores anteriores')}, ${count(attachments, 'arquivo', 'arquivos')}`,
  integrity: 'Integridade',
  ledger: 'Registro',
  leftOut: 'Ficou de fora',
  close: 'Fechar',
  exportLead:
    'Estes arquivos contêm todas as senhas, legíveis por qualquer pessoa. Salve-os apenas onde anotaria uma senha, e destrua-os depois.',
  exportCsv: 'Tabela (CSV)',
  exportCsvHint: 'Abra com um editor de texto: uma planilha altera valores que começam com = + - @.',
  exportBitwarden: 'Bitwarden JSON',
  exportBitwardenHint: 'Para Bitwarden, Vaultwarden, KeePassXC e outros. Os anexos são salvos um a um.',
  exportKdbx: 'Um arquivo do KeePass é feito no terminal: open.mjs, ou redoma glass open.',
  filesInBundle: 'Arquivos no pacote',
  filesHint: 'Como restaurar o sistema está em system/restore-instructions.txt.',
  notPrinted: '[não impresso]',
  printed: 'Segredos não são impressos. Salve ou copie.',
}

/** What cards and the opener speak. */
export type Language = 'en' | 'pt-BR'

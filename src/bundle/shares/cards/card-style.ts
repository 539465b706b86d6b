/** For a page, or for what is shadowed in one. Black on white, also where a screen is dark: this is for paper. It has room on A4 and on Letter, also where a wide font takes Helvetica's place. */
export const cardStyle = `
:root, :host { color-scheme: light }
* { box-sizing: border-box; margin: 0; padding: 0 }
@page { size: auto; margin: 10mm 12mm }
body, :host { background: #fff; color: #000; font: 8.5pt/1.3 Helvetica, Arial, "Liberation Sans", sans-serif }
main { width: 178mm; max-width: 100%; margin: 0 auto }
header { display: grid; grid-template-columns: 1fr auto; column-gap: 8pt; border-top: 3pt solid; font-weight: 700 }
.kicker { justify-self: start; background: #000; color: #fff; padding: 3pt 7pt; print-color-adjust: exact; -webkit-print-color-adjust: exact }
.brand { padding-top: 5pt }
h1 { grid-column: 1 / -1; font-size: 24pt; line-height: 1.25 }
h2 { font-size: 10.5pt; margin-bottom: 2pt }
dt, .note, figcaption, footer p { font-size: 7.5pt; color: #555 }
.facts { display: grid; grid-template-columns: 36fr 30fr 30fr; gap: 5pt 10pt; margin-top: 4pt }
dd { font-size: 11pt; font-weight: 700; overflow-wrap: anywhere }
.words { margin-top: 9pt; display: grid; grid-template-columns: auto 1fr; align-items: baseline }
.words .note { text-align: right }
.words ol { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(4, 1fr); gap: 4pt; list-style: none; counter-reset: word; margin-top: 3pt }
.words li { counter-increment: word; display: flex; align-items: center; gap: 5pt; border: 0.8pt solid #777; height: 23pt; padding-left: 4pt }
.words .many { grid-template-columns: repeat(5, 1fr); gap: 3pt }
.words .many li { height: 20pt }
.words li::before { content: counter(word); width: 13pt; text-align: right; font-size: 8pt; color: #555 }
.words span, code { font-family: "Courier New", Courier, "Liberation Mono", monospace; font-weight: 700 }
.words span { font-size: 14pt }
.columns { display: grid; grid-template-columns: 46mm 1fr; gap: 18pt; margin-top: 9pt }
svg { display: block; width: 46mm; height: 46mm }
figcaption { margin-top: 13pt }
.help p { margin-bottom: 5pt }
.help ol, .never ul { padding-left: 13pt }
.help li, .never li { margin-bottom: 2pt }
.never { border: 1.5pt solid; padding: 6pt 10pt; margin: 6pt 0 }
.never ul { list-style: "× " }
.help .note { margin: 4pt 0 0 }
.never ul + h2 { margin-top: 5pt }
footer div { margin-bottom: 2pt }
code { font-size: 8.5pt; display: block }
@media screen { main { margin: 14mm auto; padding: 0 4mm } }
@media screen and (max-width: 150mm) {
  .words ol, .words .many { grid-template-columns: repeat(2, 1fr) }
  .columns, .facts { grid-template-columns: 1fr }
}
@media print { main { break-inside: avoid } .dense { zoom: 0.88 } }
`

import { type Child, freshId, h } from './element.ts'
import { icon } from './icons.ts'

/** A dialog before the page, which closes with Escape and is gone when it is closed. */
export function openDialog(title: string, close: string, ...content: readonly Child[]): HTMLDialogElement {
  const id = freshId()
  const dialog = h(
    'dialog',
    { 'aria-labelledby': id },
    h(
      'header',
      { class: 'dialog-head' },
      h('h2', { id }, title),
      h(
        'button',
        {
          type: 'button',
          class: 'icon-only',
          'aria-label': close,
          onclick: () => {
            dialog.close()
          },
        },
        icon('remove'),
      ),
    ),
    ...content,
  )
  dialog.addEventListener('close', () => {
    dialog.remove()
  })
  document.body.append(dialog)
  dialog.showModal()
  return dialog
}

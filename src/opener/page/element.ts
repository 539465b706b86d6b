/** Anything but markup: text stays text. */
export type Child = Node | string | undefined

type Listener = (event: never) => void
export type Properties = Readonly<Record<string, string | number | boolean | undefined | Listener>>

/**
 * An element: properties that begin with `on` are listeners, `true` is an attribute without a value, `false` and `undefined` are none.
 * No property becomes a style or a script: the page's policy would refuse them.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener)
    else if (name.startsWith('aria-') && value !== undefined) element.setAttribute(name, String(value))
    else if (value === true) element.setAttribute(name, '')
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child) => child !== undefined))
  return element
}

const svgNamespace = 'http://www.w3.org/2000/svg'

export function svg(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly SVGElement[]
): SVGElement {
  const element = document.createElementNS(svgNamespace, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

let lastId = 0

export function freshId(): string {
  lastId += 1
  return `id-${lastId}`
}

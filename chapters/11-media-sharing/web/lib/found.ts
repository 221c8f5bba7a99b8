/** An element of the page. @throws Error when it is not there */
export const found = <E extends Element = HTMLElement>(selector: string, inside: ParentNode = document): E => {
  const element = inside.querySelector<E>(selector)
  if (!element) throw new Error(`the page has no ${selector}`)
  return element
}

/** A new element, with properties of its own. */
export const made = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

/** Sets a text only when it is another one: what screen readers listen to is not said twice. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

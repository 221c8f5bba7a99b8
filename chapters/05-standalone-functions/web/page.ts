import { contentsOf, type Shown } from './pictures.ts'

const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
  children: Node[] = [],
): HTMLElementTagNameMap[Name] => {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

/** Texts are set as texts, never as HTML: the page's address may hold anything. */
const figure = ({ title, alternative, url }: Shown): HTMLElement => {
  const image = element('img', { alt: alternative, src: url, referrerPolicy: 'origin' })
  image.addEventListener('error', () => {
    image.replaceWith(element('p', { className: 'failed', textContent: 'This picture cannot be shown.' }))
  })
  const link = element('a', { href: url, rel: 'noreferrer', textContent: url })
  return element('figure', {}, [element('h2', { textContent: title }), image, element('figcaption', {}, [link])])
}

const { pictures, message } = contentsOf(location.search)
document.querySelector('#message')?.append(message)
document.querySelector('#pictures')?.append(...pictures.map(figure))

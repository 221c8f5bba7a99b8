import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../scripts/lib/application.ts'

/** A page stands by itself, head and all: there is no step that writes it. So a test holds what all heads must have. */
describe('each page of the chapters', () => {
  const pages = globSync('chapters/*/web/*.html', { cwd: root }).sort()
  const textOf = (page: string) => readFileSync(join(root, page), 'utf8')
  /** The directives of its Content Security Policy, by name. */
  const policyOf = (html: string): Map<string, string> => {
    const [, content = ''] = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(html) ?? []
    return new Map(content.split(/;\s*/).map((one) => [one.split(' ')[0] ?? '', one.split(' ').slice(1).join(' ')]))
  }

  it('is one of many', () => {
    expect(pages.length).to.be.greaterThan(12)
  })

  for (const page of pages)
    it(`${page} runs no script but its own, and sends forms nowhere`, () => {
      const html = textOf(page)
      const policy = policyOf(html)

      expect(policy.get('default-src')).to.equal("'none'")
      expect(policy.get('script-src') ?? "'self'").to.equal("'self'")
      expect(policy.get('base-uri')).to.equal("'none'")
      expect(policy.get('form-action')).to.equal("'none'")
      // Before it, a page could load something that it forbids.
      expect(html.indexOf('Content-Security-Policy')).to.be.lessThan(html.search(/<(link|script|style|img)\b/))
      expect(html, 'no script in the page').not.to.match(/<script\b(?![^>]*\bsrc=)/)
      expect(html, 'no script in an attribute').not.to.match(/<[^>]*\s(?:on\w+\s*=|\w+\s*=\s*["']?javascript:)/i)
    })

  for (const page of pages)
    it(`${page} says its language, its name and its width`, () => {
      const html = textOf(page)

      expect(html).to.match(/^<!doctype html>\n<html lang="en">/)
      expect(html).to.match(/<meta charset="utf-8">/)
      expect(html).to.match(/<meta name="viewport" content="width=device-width, initial-scale=1">/)
      expect(html).to.match(/<meta name="color-scheme" content="light dark">/)
      expect(html).to.match(/<title>[^<]+<\/title>/)
      expect(html.match(/<h1\b/g)).to.have.length(1)
    })
})

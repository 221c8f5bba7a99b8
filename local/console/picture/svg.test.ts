import { expect } from 'chai'
import fc from 'fast-check'
import { type Element, parseXml } from '../../wire/xml.ts'
import type { Hop, MapNode, Trace } from '../types.ts'
import { svgOf } from './svg.ts'

const JANE = 'us-east-1:66666666-2222-4333-8444-555555555555'
const NODES: MapNode[] = [
  { id: 'client', kind: 'client', name: 'You and your clients', physicalId: '' },
  { id: JANE, kind: 'person', name: 'jane@example.com', physicalId: JANE },
  { id: 'Media', kind: 'bucket', name: 'local-123456789012-media', physicalId: 'local-123456789012-media' },
  { id: 'ContentUpdated', kind: 'function', name: 'ContentUpdated', physicalId: 'ContentUpdated' },
]
const nodeOf = (more: readonly MapNode[] = []) => {
  const byId = new Map([...NODES, ...more].map((node) => [node.id, node]))
  return (id: string) => byId.get(id)
}
const hop = (id: string, from: string, to: string, more: Partial<Hop> = {}): Hop => ({
  ...{ id, trace: 't', at: 1000, from, to, label: 's3:PutObject', durationMs: 3, outcome: 'ok' },
  ...more,
})
const traceOf = (hops: Hop[], title = 's3:PutObject on Media'): Trace => ({
  ...{ id: 't', at: 1000, title, times: 1, hops, replayable: false },
})
const upload = [
  hop('1', JANE, 'Media', { object: 'a.gif' }),
  hop('2', 'Media', 'ContentUpdated', { parent: '1', label: 'lambda:Invoke', at: 1007, durationMs: 0.6 }),
  hop('3', 'ContentUpdated', 'ContentUpdated', { parent: '2', label: 'runs', at: 1009, durationMs: 312 }),
  hop('4', 'ContentUpdated', 'Media', { parent: '3', object: 'thumbs/a.gif', at: 1200 }),
  hop('5', 'Media', JANE, { parent: '4', label: 's3:GetObject', object: 'thumbs/a.gif', at: 2400, durationMs: 1 }),
]

const all = (element: Element): Element[] => [element, ...element.children.flatMap(all)]
const textsOf = (svg: string) =>
  all(parseXml(svg))
    .filter(({ name }) => name === 'text')
    .map(({ text }) => text)

describe('a trace as a picture', () => {
  it('has its chain from who began it to who has read the end of it, with the time of each hop', () => {
    const texts = textsOf(svgOf(traceOf(upload), nodeOf()))

    expect(texts).to.include.members(['jane@example.com', 'a.gif', 'ContentUpdated', 'thumbs/a.gif', 'reads it'])
    expect(texts).to.include.members(['1  s3:PutObject', '+0 ms · 3 ms', '2  event', '+7 ms · 0.6 ms'])
    expect(texts).to.include.members(['function, ran 312 ms', '5  s3:GetObject', '+1.2 s · 1 ms'])
  })

  it('says what was denied, on what, and which policy came nearest', () => {
    const denial = {
      ...{ action: 's3:GetObject', resource: 'arn:aws:s3:::media/private/mine.gif' },
      ...{ because: 'no identity-based policy allows the s3:GetObject action' },
      ...{ statement: 'OwnMedia, statement 1', missed: 'resource arn:aws:s3:::media/public/* does not match' },
    }
    const denied = hop('1', JANE, 'Media', { label: 's3:GetObject', object: 'mine.gif', outcome: 'denied', denial })
    const svg = svgOf(traceOf([denied]), nodeOf())

    expect(textsOf(svg)).to.include('1  ✕ denied s3:GetObject')
    expect(textsOf(svg).join(' ')).to.contain(
      's3:GetObject on arn:aws:s3:::media/private/mine.gif: no identity-based policy allows the s3:GetObject action. Nearest: OwnMedia, statement 1: resource arn:aws:s3:::media/public/* does not match.',
    )
  })

  it('stands alone: its own styles, for light and dark, and nothing that acts or comes from elsewhere', () => {
    const root = parseXml(svgOf(traceOf(upload), nodeOf()))
    const [style] = root.children.filter(({ name }) => name === 'style')

    expect(root.name).to.equal('svg')
    expect(root.attributes.get('xmlns')).to.equal('http://www.w3.org/2000/svg')
    expect(style?.text)
      .to.contain('@media(prefers-color-scheme:dark)')
      .and.not.to.match(/var\(|url\(|@import/)
    const used = new Set(
      all(root).flatMap(({ attributes }) => (attributes.get('class') ?? '').split(' ').filter(Boolean)),
    )
    expect([...used].filter((name) => !style?.text.includes(`.${name}{`) && name !== 'm')).to.deep.equal([])
  })

  it('is well-formed and inert whatever names, keys and errors hold', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        ...['</text><script>alert(1)</script>', '"><image href="http://evil.example/x"/>', ']]><!--', '&amp;&#0;&x;'],
        ...[
          '\u0000\u0001\u001b[31m\ufffe',
          '\ud800 alone \udc00',
          '\u202egnp.exe',
          '<?xml version="1.1"?>',
          '写真'.repeat(40),
        ],
      ),
    )
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (name, object, reason, title) => {
        const person: MapNode = { id: JANE, kind: 'person', name, physicalId: JANE }
        const hops = [
          hop('1', JANE, 'Media', { object, outcome: 'error', reason }),
          hop('2', 'Media', name || 'x', { parent: '1', label: reason, at: 1003 }),
        ]
        const svg = svgOf(traceOf(hops, title), nodeOf([person]))

        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
        expect(svg).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/)
        expect(svg.isWellFormed()).to.equal(true)
        const elements = all(parseXml(svg))
        const names = [
          'svg',
          'title',
          'desc',
          'style',
          'defs',
          'marker',
          'polygon',
          'rect',
          'path',
          'g',
          'text',
          'line',
        ]
        expect(elements.map((one) => one.name)).to.satisfy((found: string[]) =>
          found.every((one) => names.includes(one)),
        )
        const wrong = elements.flatMap(({ attributes }) =>
          [...attributes].filter(
            ([key, value]) => /^on|href|^style$/i.test(key) || /NaN|undefined|Infinity/.test(value),
          ),
        )
        expect(wrong).to.deep.equal([])
      }),
      { numRuns: 60 },
    )
  })

  it('draws a bucket of which many objects are touched as one', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      hop(`${index}`, 'client', 'Media', { object: `${index}.gif`, at: 1000 + index }),
    )
    const nodes = all(parseXml(svgOf(traceOf(many), nodeOf()))).filter(
      ({ name, attributes }) => name === 'rect' && attributes.get('rx') === '10',
    )

    expect(nodes).to.have.length(2)
  })
})

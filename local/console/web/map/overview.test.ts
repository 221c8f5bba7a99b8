import { expect } from 'chai'
import type { ChapterMap, Hop, MapNode, Trace } from '../../types.ts'
import { drawnOf } from './nodes.ts'
import { overviewOf } from './overview.ts'

const node = (id: string, kind: MapNode['kind']): MapNode => ({ id, kind, name: id, physicalId: id })
const NODES = [node('client', 'client'), node('Media', 'bucket'), node('Index', 'function'), node('Other', 'table')]
const MAP: ChapterMap = {
  chapter: '11',
  nodes: NODES,
  edges: [
    { from: 'Media', to: 'Index', kind: 'event', label: 's3:ObjectCreated:*' },
    { from: 'Index', to: 'Media', kind: 'access', label: 's3:PutObject' },
    { from: 'Index', to: 'Other', kind: 'access', label: 'dynamodb:Query' },
  ],
}
const person = (count: number) => node(`us-east-1:${count}`, 'person')
const hop = (id: string, from: string, to: string, more: Partial<Hop> = {}): Hop => ({
  ...{ id, trace: 't', at: 1000, from, to, label: 's3:PutObject', durationMs: 3, outcome: 'ok' },
  ...more,
})
const trace = (...hops: Hop[]): Trace => ({ id: 't', at: 1000, title: '', times: 1, hops, replayable: false })
const denied = (who: string, action: string, resource = 'arn:aws:s3:::media/a') =>
  trace(
    hop('d', who, 'Media', {
      ...{ label: action, outcome: 'denied' },
      denial: { action, resource, because: `no identity-based policy allows the ${action} action` },
    }),
  )

describe('what has happened, on the map', () => {
  const people = Array.from({ length: 20 }, (_, count) => person(count))
  const nodeOf = (id: string) => [...NODES, ...people].find((one) => one.id === id)
  const of = (traces: Trace[], all = false) => overviewOf(drawnOf(MAP), traces, nodeOf, all)

  it('leaves out what has not happened, where that is asked for', () => {
    const upload = trace(hop('1', 'us-east-1:1', 'Media'), hop('2', 'Media', 'Index', { parent: '1', at: 1007 }))

    const [some, all] = [of([upload]), of([upload], true)]

    expect(some.nodes.map(({ id }) => id)).to.have.members(['us-east-1:1', 'Media', 'Index'])
    expect(some.lines.map(({ from, to, notes }) => `${from} ${to} ${notes}`)).to.have.members([
      'us-east-1:1 Media +0 ms · 3 ms',
      'Media Index +7 ms · 3 ms',
    ])
    expect(all.nodes.map(({ id }) => id)).to.include.members(['client', 'Other'])
    expect(all.lines).to.have.length(4)
  })

  it('names each kind of call that was denied, once, on a line of its own', () => {
    const jane = 'us-east-1:2'
    const { lines } = of([
      denied(jane, 's3:GetObject', 'arn:aws:s3:::media/new'),
      denied(jane, 's3:GetObject', 'arn:aws:s3:::media/old'),
      denied(jane, 's3:PutObject'),
      trace(hop('1', jane, 'Media', { label: 's3:GetObject' })),
    ])

    expect(lines.map(({ kind, notes }) => [kind, ...(notes ?? [])])).to.deep.equal([
      ['denied', '✕ denied s3:GetObject', '✕ denied s3:PutObject'],
      ['access', '+0 ms · 3 ms'],
    ])
    expect(lines[0]?.label.split('\n')).to.deep.equal([
      'denied: s3:GetObject on arn:aws:s3:::media/new: no identity-based policy allows the s3:GetObject action.',
      'denied: s3:PutObject on arn:aws:s3:::media/a: no identity-based policy allows the s3:PutObject action.',
    ])
  })

  it('ends a chain with the object that a function has written and somebody reads', () => {
    const written = hop('2', 'Index', 'Media', { object: 'index.json' })
    const reads = hop('3', 'Media', 'us-east-1:1', { parent: '2', object: 'index.json', label: 's3:GetObject' })
    const { nodes, lines } = of([trace(written, reads)])

    expect(nodes.map(({ id, what }) => `${id}: ${what}`)).to.have.members([
      'Index: function',
      'Media/index.json: object in Media',
      'us-east-1:1 reads: reads it',
    ])
    expect(lines.map(({ from, to }) => `${from} ${to}`)).to.deep.equal([
      'Index Media/index.json',
      'Media/index.json us-east-1:1 reads',
    ])
  })

  it('stays readable with many people: those of the newest traces are drawn', () => {
    const { nodes } = of(people.map(({ id }) => trace(hop('1', id, 'Media'))))

    expect(nodes.filter(({ icon }) => icon === 'person').map(({ id }) => id)).to.deep.equal(
      people.slice(0, 8).map(({ id }) => id),
    )
  })
})

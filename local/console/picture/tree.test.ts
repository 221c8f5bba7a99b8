import { expect } from 'chai'
import type { Hop, Trace } from '../types.ts'
import { withHop } from '../web/map/traces.ts'
import { laidOut, NODE } from './layout.ts'
import { type DrawnLine, lineKey } from './looks.ts'
import { badly, spanOf, treeOf } from './tree.ts'

const hop = (id: string, more: Partial<Hop> = {}): Hop => ({
  id,
  trace: 't',
  at: 1000,
  from: 'Pictures',
  to: 'Images',
  label: 'x',
  outcome: 'ok',
  ...more,
})

const traceOf = (hops: Hop[]): Trace => ({ id: 't', at: 1000, title: 't', times: 1, hops, replayable: false })

describe('how a trace is headed', () => {
  const denial = { action: 's3:ListBucket', resource: 'arn:aws:s3:::media', because: 'nothing allows it' }
  const denied = (id: string, parent: string) => hop(id, { parent, label: 's3:HeadObject', outcome: 'denied', denial })
  /** What the removal of a picture does in chapter 11; its function ends as `more` says. */
  const removal = (more: Partial<Hop> = {}) => [
    hop('delete', { label: 's3:DeleteObject' }),
    hop('event', { parent: 'delete', label: 'lambda:Invoke' }),
    hop('run', { parent: 'event', label: 'runs', ...more }),
    denied('look', 'run'),
    hop('item', { parent: 'run', label: 'dynamodb:DeleteItem' }),
  ]
  const failed = (reason: string): Partial<Hop> => ({ outcome: 'error', reason })

  for (const [what, hops, headed] of [
    ['well, where a function goes on after what it was answered', removal(), undefined],
    ['well, where that is an error', [...removal(), hop('put', { parent: 'run', outcome: 'error' })], undefined],
    ['denied, where its own request is', [denied('1', '')], 'denied'],
    ['denied, where a part of that is', [hop('1', { label: 's3:DeleteObjects' }), denied('2', '1')], 'denied'],
    ['denied, where an event may not call', [hop('1'), { ...denied('2', '1'), label: 'lambda:Invoke' }], 'denied'],
    ['denied, where a function fails after that', removal(failed('Error: UnknownError')).slice(0, 4), 'denied'],
    ['denied, where its error says so', removal(failed('Error: may not s3:ListBucket on a')), 'denied'],
    ['failed, where it fails of something else', removal(failed('Error: too slow')), 'failed'],
    ['failed, where its own request is', [hop('1', { outcome: 'error' })], 'failed'],
    [
      'failed, where a function of a function is',
      [...removal(), hop('2', { parent: 'item', label: 'stream', ...failed('Error') })],
      'failed',
    ],
  ] as const)
    it(what, () => expect(badly(traceOf([...hops]))).to.equal(headed))
})

describe('the traces of the map', () => {
  it('grow by a hop, and know it again when it has ended', () => {
    const begun = withHop([], hop('1'))
    const more = withHop(begun, hop('2', { parent: '1', at: 1010 }))
    const ended = withHop(more, hop('1', { durationMs: 40, outcome: 'denied', reason: 'no' }))

    expect(ended).to.have.length(1)
    expect(ended[0]?.hops.map(({ id, outcome }) => `${id} ${outcome}`)).to.deep.equal(['1 denied', '2 ok'])
    expect(spanOf(ended[0] as Trace)).to.equal(40)
  })

  it('are trees: what caused a hop stands before it', () => {
    const hops = [hop('c', { parent: 'b' }), hop('a'), hop('b', { parent: 'a' }), hop('d', { parent: 'elsewhere' })]

    const tree = treeOf(traceOf(hops))

    expect(tree.map(({ hop: { id }, depth }) => `${depth}${id}`)).to.deep.equal(['0a', '1b', '2c', '0d'])
  })
})

const line = (from: string, to: string, kind: DrawnLine['kind'] = 'access') => ({ from, to, kind })

describe('the layout of the map', () => {
  it('places every node apart from the others, and inside the drawing', () => {
    const ids = ['a', 'b', 'c', 'd', 'e']
    const laid = laidOut(ids, [line('a', 'b'), line('b', 'a'), line('a', 'c'), line('c', 'c'), line('nowhere', 'a')])

    const boxes = ids.map((id) => laid.spots.get(id) ?? { x: -1, y: -1 })
    for (const [at, { x, y }] of boxes.entries()) {
      expect(x - NODE.width / 2).to.be.at.least(0)
      expect(x + NODE.width / 2).to.be.at.most(laid.width)
      expect(y + NODE.height / 2).to.be.at.most(laid.height)
      for (const other of boxes.slice(at + 1))
        expect(Math.abs(other.x - x) >= NODE.width || Math.abs(other.y - y) >= NODE.height).to.equal(true)
    }
    expect([...laid.lines.keys()]).to.have.members([
      lineKey(line('a', 'b')),
      lineKey(line('b', 'a')),
      lineKey(line('a', 'c')),
      lineKey(line('c', 'c')),
    ])
  })
})

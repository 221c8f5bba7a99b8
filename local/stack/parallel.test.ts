import { expect } from 'chai'
import fc from 'fast-check'
import { sorted } from './graph.ts'
import { inOrder } from './parallel.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Graphs without circles: a key depends on earlier ones only. */
const graphs = fc
  .array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 })
  .map(
    (lists) =>
      new Map(lists.map((list, i) => [`k${i}`, [...new Set(list)].filter((on) => on < i).map((on) => `k${on}`)])),
  )

describe('inOrder', () => {
  it('runs each key once, after all that it depends on, some at a time', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 5 }), async (graph, parallel) => {
        const ended = new Set<string>()
        const begun: string[] = []
        let running = 0
        let most = 0

        const failures = await inOrder(graph, parallel, async (key) => {
          begun.push(key)
          for (const on of graph.get(key) ?? []) expect(ended.has(on)).to.equal(true)
          most = Math.max(most, ++running)
          await turn()
          running--
          ended.add(key)
        })

        expect(failures.size).to.equal(0)
        expect(begun.toSorted()).to.deep.equal([...graph.keys()].toSorted())
        expect(most).to.be.at.most(parallel)
      }),
      { numRuns: 100 },
    )
  })

  it('begins nothing after a failure, and waits for what is under way', async () => {
    const graph = new Map([
      ['a', []],
      ['b', []],
      ['c', ['a']],
      ['d', ['b']],
    ])
    const ended: string[] = []

    const failures = await inOrder(graph, 2, async (key) => {
      if (key === 'a') throw new Error('broken')
      await turn()
      ended.push(key)
    })

    expect([...failures].map(([key, error]) => [key, (error as Error).message])).to.deep.equal([['a', 'broken']])
    expect(ended).to.deep.equal(['b'])
  })

  it('has nothing to do for an empty graph', async () => {
    expect((await inOrder(new Map(), 1, turn as never)).size).to.equal(0)
  })
})

describe('sorted', () => {
  it('puts each key after all that it depends on', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const order = sorted(graph, () => new Error('circle'))

        expect(order.toSorted()).to.deep.equal([...graph.keys()].toSorted())
        for (const [key, on] of graph) for (const one of on) expect(order.indexOf(one)).to.be.below(order.indexOf(key))
      }),
    )
  })

  it('names the circle, and only what is on it', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['d']],
      ['d', ['b']],
    ])

    expect(() => sorted(graph, (members) => new Error(members.join()))).to.throw('b,c,d')
  })
})

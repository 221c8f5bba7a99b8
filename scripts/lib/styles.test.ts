import { expect } from 'chai'
import { told, withCloud } from '../../tests/cloud.ts'
import { type Deployment, deploymentOf, fail, measure, STYLES } from './styles.ts'

const FOR_GOOD = '2099-01-01T00:00:00.000Z'

describe('One upload in three styles', function () {
  this.timeout(120_000)
  const cloud = withCloud({ chapter: '12' })
  /** The minutes between two tries of Lambda go by while somebody waits. */
  const hurried = async (): Promise<Deployment> => ({
    ...(await deploymentOf(cloud.config())),
    async pause() {
      cloud.clock.advance(5000)
      await new Promise((resolve) => setTimeout(resolve, 20))
    },
  })

  it('takes four functions where functions call each other, and three where events do', async () => {
    const at = await deploymentOf(cloud.config())

    const [waits, leaves, events] = [
      await measure(at, 'synchronous', 'a.jpg'),
      await measure(at, 'asynchronous', 'a.jpg'),
      await measure(at, 'events', 'a.jpg'),
    ]
    await cloud.settled()

    expect(waits?.invocations).to.equal(4)
    expect(leaves?.invocations).to.equal(4)
    expect(events?.invocations).to.equal(3)
    const runs = cloud.lines.filter((line) => /^\w+: START/.test(line)).map((line) => line.split(':')[0])
    expect(runs, told(cloud)).to.have.length(4 + 4 + 3)
  })

  it('pays twice for waiting, where a function waits', async () => {
    const at = await deploymentOf(cloud.config())

    const [waits, leaves, events] = [
      await measure(at, 'synchronous', 'b.jpg'),
      await measure(at, 'asynchronous', 'b.jpg'),
      await measure(at, 'events', 'b.jpg'),
    ]

    expect(waits?.waited).to.be.within(1, waits?.billed ?? 0)
    expect([leaves?.waited, events?.waited]).to.deep.equal([0, 0])
    for (const { answered = 0, shown = 0 } of [waits, leaves, events]) expect(answered).to.be.within(1, shown)
  })

  for (const [part, left, functions] of [
    ['thumbnail', ['picture'], { synchronous: 2, asynchronous: 3, events: 2 }],
    ['metadata', ['picture', 'thumbnail'], { synchronous: 3, asynchronous: 4, events: 3 }],
    ['index', ['picture', 'thumbnail', 'item'], { synchronous: 4, asynchronous: 5, events: 9 }],
  ] as const)
    for (const style of STYLES)
      it(`leaves the ${left.at(-1)} when the ${part} does not work, ${style}`, async () => {
        const name = `no-${part}.jpg`

        const failed = await fail(await hurried(), style, name, `${part} ${FOR_GOOD}`)

        const why = `CalledFunctionFailed: ${style}/${name}: the ${part} is out of order until ${FOR_GOOD}`
        expect(failed.told).to.equal(style === 'synchronous' ? why : undefined)
        expect(failed.left).to.deep.equal(left)
        expect(failed.invocations).to.equal(functions[style])
        const byEvent = /^aws\/lambda\/async\/(BuildThumbnail|ExtractMetadata|UpdateIndex)\//
        const byStream = /^aws\/lambda\/[0-9a-f-]{36}\/shardId-/
        if (style === 'synchronous') expect(failed.record).to.equal(undefined)
        else expect(failed.record).to.match(style === 'events' && part === 'index' ? byStream : byEvent)
      })

  it('comes right by itself after an outage, where Lambda tries again', async () => {
    const outage = () => `index ${new Date(Date.now() + 1000).toISOString()}`
    const at = await deploymentOf(cloud.config())

    const [leaves, events] = await Promise.all([
      fail(
        { ...at, pause: (ms) => at.pause(2 * ms).then(() => cloud.clock.advance(61_000)) },
        'asynchronous',
        'c.jpg',
        outage(),
      ),
      fail({ ...at, pause: (ms) => at.pause(ms) }, 'events', 'c.jpg', outage()),
    ])

    for (const { told: reason, left, record } of [leaves, events]) {
      expect(reason).to.equal(undefined)
      expect(left).to.deep.equal(['picture', 'thumbnail', 'item', 'entry in the index'])
      expect(record).to.equal(undefined)
    }
  })
})

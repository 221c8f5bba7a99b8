import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import type { Ground } from '../base/ground.ts'
import { createStory, type Story, type Told } from '../base/story.ts'
import { nodesOf } from './nodes.ts'
import { createTraces, type Traces } from './traces.ts'
import type { Hop } from './types.ts'

const BUCKET = 'arn:aws:s3:::local-123456789012-media'
const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/MediaContent'
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:'
const JOHN = 'us-east-1:11111111-2222-4333-8444-555555555555'
const JANE = 'us-east-1:66666666-2222-4333-8444-555555555555'

const stack = {
  name: 'local',
  outputs: {},
  resources: [
    { logicalId: 'Media', physicalId: 'local-123456789012-media', type: 'AWS::S3::Bucket' },
    { logicalId: 'MediaContent', physicalId: 'MediaContent', type: 'AWS::DynamoDB::Table' },
    { logicalId: 'ContentUpdated', physicalId: 'ContentUpdated', type: 'AWS::Lambda::Function' },
    { logicalId: 'UpdateContentIndex', physicalId: 'UpdateContentIndex', type: 'AWS::Lambda::Function' },
  ],
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
/** MB of the heap that nothing lets go of. */
const held = () => {
  collect()
  return process.memoryUsage().heapUsed / 1024 ** 2
}

describe('the traces of the console', () => {
  let story: Story
  let traces: Traces
  let read: number
  let live: Hop[] | undefined
  let now: number
  beforeEach(() => {
    story = createStory()
    ;[read, live, now] = [0, undefined, 1_000_000]
    const nodes = () => {
      read++
      return nodesOf([stack])
    }
    const pages = { listened: () => live !== undefined, tell: (hop: Hop) => void live?.push(hop) }
    traces = createTraces({ outbox: { story } } as Ground, nodes, pages)
  })
  afterEach(() => traces.stop())

  /** Tells a call, or a run, as the cloud does: when it begins, and the same object when it has ended. */
  const told = (service: string, operation: string, resource: string, more: Partial<Told> = {}): Told => {
    const begun: Told = { id: story.next(), at: now++, kind: 'call', service, operation, caller: 'somebody', ...more }
    const known = { outcome: 'ok', durationMs: 2, resource, ...more } as const
    story.tell(begun)
    story.tell(Object.assign(begun, known))
    return begun
  }
  const run = (name: string, cause: string, payload = '{}', more: Partial<Told> = {}) =>
    told('lambda', name, FUNCTION + name, { kind: 'run', cause, payload, ...more })
  const shown = () =>
    traces
      .list()
      .map(({ hops }) => hops.map(({ from, to, label, object }) => [from, label, to, object].filter(Boolean).join(' ')))
  /** What chapter 11 does with an upload, up to the index. */
  const upload = () => {
    const put = told('s3', 'PutObject', `${BUCKET}/a.gif`, { identity: JOHN })
    const { id: event } = told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`, { cause: put.id, source: BUCKET })
    const { id: first } = run('ContentUpdated', event)
    const { id: item } = told('dynamodb', 'PutItem', TABLE, { cause: first })
    const { id: second } = run('UpdateContentIndex', item)
    told('s3', 'PutObject', `${BUCKET}/index.json`, { cause: second })
    return put.id
  }

  it('follow an upload of an identity to the index, and to everybody who reads it for the first time', () => {
    const id = upload()
    for (const identity of [JOHN, JANE]) told('s3', 'GetObject', `${BUCKET}/index.json`, { identity })

    expect(traces.list().map((trace) => trace.id)).to.deep.equal([id])
    expect(shown()).to.deep.equal([
      [
        `${JOHN} s3:PutObject Media a.gif`,
        'Media lambda:Invoke ContentUpdated',
        'ContentUpdated runs ContentUpdated',
        'ContentUpdated dynamodb:PutItem MediaContent',
        'MediaContent stream UpdateContentIndex',
        'UpdateContentIndex s3:PutObject Media index.json',
        `Media s3:GetObject ${JOHN} index.json`,
        `Media s3:GetObject ${JANE} index.json`,
      ],
    ])
    const [written, ...reads] = traces.get(id).hops.slice(5)
    expect(reads.map(({ parent }) => parent)).to.deep.equal([written?.id, written?.id])
    expect([...traces.identities()]).to.deep.equal([JOHN, JANE])
    expect(traces.get(id).title).to.equal('s3:PutObject on Media')
  })

  it('tell the same read once, with how often, and what has not changed as no reading of it', () => {
    upload()
    const poll = (more: Partial<Told> = {}) =>
      told('s3', 'GetObject', `${BUCKET}/index.json`, { identity: JOHN, ...more })
    poll({ reason: 'NotModified: Not Modified' })
    for (let i = 0; i < 3; i++) poll()

    const [again, unchanged, all] = traces.list()
    expect([again?.times, again?.hops.length]).to.deep.equal([2, 1])
    expect([unchanged?.times, unchanged?.hops.length]).to.deep.equal([1, 1])
    expect(all?.hops.at(-1)?.to).to.equal(JOHN)
    expect(traces.list()).to.have.length(3)
  })

  it('do not call it waiting when somebody reads a minute later', () => {
    upload()
    now += 61_000
    told('s3', 'GetObject', `${BUCKET}/index.json`, { identity: JOHN })

    expect(traces.list().map(({ hops }) => hops.length)).to.deep.equal([1, 6])
  })

  it('tell what was denied whatever it was, with the policy that lacks it', () => {
    const denial = {
      ...{ action: 's3:PutBucketPolicy', resource: BUCKET },
      ...{
        because: 'no identity-based policy allows the s3:PutBucketPolicy action',
        statement: 'OwnMedia, statement 1',
      },
    }
    told('s3', 'PutBucketPolicy', BUCKET, { identity: JANE, outcome: 'denied', reason: 'denied: …', denial })
    told('s3', 'PutBucketPolicy', BUCKET)

    const [trace, ...more] = traces.list()
    expect(more).to.deep.equal([])
    expect(trace?.hops[0]).to.include({ from: JANE, to: 'Media', outcome: 'denied' })
    expect(trace?.hops[0]?.denial).to.deep.equal(denial)
  })

  it('leave out what is done on the side, and put what comes of it where it belongs', () => {
    const { id } = told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`)
    const logs = told('logs', 'CreateLogStream', 'arn:aws:logs:us-east-1:123456789012:log-group:a', { cause: id })
    told('s3', 'PutObject', `${BUCKET}/b.gif`, { cause: logs.id })

    expect(shown()).to.deep.equal([['client lambda:Invoke ContentUpdated', 'ContentUpdated s3:PutObject Media b.gif']])
  })

  it('begin with what an API or a schedule sends, not with what Lambda is asked while something is deployed', () => {
    const source = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3/prod/GET/x'
    told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`, { source })
    told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`, { source: BUCKET, cause: 'of a deployment' })

    expect(shown()).to.deep.equal([['a1b2c3 lambda:Invoke ContentUpdated']])
  })

  it('begin with a request for an API, which causes what its functions do', () => {
    const resource = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3'
    const { id: request } = told('execute-api', 'POST /books', resource, { identity: JOHN })
    const { id: event } = told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`, {
      source: `${resource}/prod/POST/books`,
      cause: request,
    })
    run('ContentUpdated', event)
    told('execute-api', 'OPTIONS /books', resource)

    expect(shown()).to.deep.equal([
      [`${JOHN} POST /books a1b2c3`, 'a1b2c3 lambda:Invoke ContentUpdated', 'ContentUpdated runs ContentUpdated'],
    ])
    expect(traces.list()[0]?.title).to.equal('POST /books on a1b2c3')
    expect(traces.eventOf(request).functionName).to.equal('ContentUpdated')
  })

  it('keep 200, each with its event, and no event twice', () => {
    for (let i = 0; i < 205; i++) {
      const { id } = told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`)
      run('ContentUpdated', id, `{"i":${i}}`)
    }

    const list = traces.list()
    expect(list).to.have.length(200)
    expect(traces.eventOf(list[0]?.id ?? '')).to.deep.equal({ functionName: 'ContentUpdated', payload: '{"i":204}' })
    expect(() => traces.get('gone')).to.throw('This trace is not kept any more.')
  })

  it('let go of the events of those that are forgotten', () => {
    const before = held()

    // 40 MB of events in traces of which 200, or 8 MB, are kept.
    for (let i = 0; i < 2000; i++) {
      const { id } = told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`)
      run('ContentUpdated', id, Buffer.alloc(20 * 1024, `${i} `).toString('latin1'))
    }

    expect(held() - before).to.be.lessThan(16)
    expect(traces.list()).to.have.length(200)
  })

  it('tell a request for an API of which nothing came once, with how often', () => {
    const resource = 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3'
    const refused = { outcome: 'error', reason: '404 Not Found' } as const
    for (let i = 0; i < 300; i++) told('execute-api', 'GET /nowhere', resource, refused)
    told('execute-api', 'GET /else', resource, refused)
    for (let i = 0; i < 2; i++) {
      const { id: cause } = told('execute-api', 'POST /books', resource)
      told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`, { source: `${resource}/prod/POST/books`, cause })
    }

    expect(traces.list().map(({ times, title }) => [times, title])).to.deep.equal([
      [1, 'POST /books on a1b2c3'],
      [1, 'POST /books on a1b2c3'],
      [1, 'GET /else on a1b2c3'],
      [300, 'GET /nowhere on a1b2c3'],
    ])
  })

  it('let go of what functions throw, but for its beginning', () => {
    const before = held()

    for (let i = 0; i < 100; i++)
      run('ContentUpdated', 'of-before', '{}', {
        outcome: 'error',
        reason: Buffer.alloc(2 ** 19, `${i} `).toString('latin1'),
      })

    expect(traces.list().map(({ hops }) => hops[0]?.reason?.length)).to.deep.equal(Array(100).fill(4000))
    expect(held() - before).to.be.lessThan(16)
  })

  it('cut what a function throws, however long it is', () => {
    told('lambda', 'Invoke', `${FUNCTION}ContentUpdated`, { outcome: 'error', reason: 'x'.repeat(6_000_000) })

    expect(traces.list()[0]?.hops[0]?.reason).to.equal('x'.repeat(4000))
  })

  it('look nothing up while nobody looks', () => {
    upload()

    expect(read).to.equal(0)
    live = []
    upload()
    expect(read).to.be.greaterThan(0)
    expect(live.length).to.be.greaterThan(6)
  })
})

import { expect } from 'chai'
import { arnOf } from '../services/lambda/fixture.ts'
import { NOTIFICATIONS, type S3Parcel } from '../services/s3/events.ts'
import { addFunction, addRole, type Core, newFolder, removeFolder, startCore } from './fixture.ts'

const RECEIVER = `export const handler = async (event) => console.log('received ' + JSON.stringify(event))`
const RECORD = { eventSource: 'aws:s3', s3: { object: { key: 'images/a+b.jpg' } } }

describe('notifications of buckets', () => {
  let folder: string
  let core: Core
  before(async () => {
    folder = newFolder()
    core = startCore(folder)
    await addRole(core)
    await addFunction(core, 'receiver', RECEIVER)
    await core
      .cloud()('lambda')
      .AddPermission({
        ...{
          FunctionName: 'receiver',
          StatementId: 's3',
          Action: 'lambda:InvokeFunction',
          Principal: 's3.amazonaws.com',
        },
        SourceArn: 'arn:aws:s3:::pictures',
        SourceAccount: '123456789012',
      })
  })
  beforeEach(() => {
    core.said.length = 0
    core.lines.length = 0
  })
  after(async () => {
    await core.stop()
    removeFolder(folder)
  })

  const notify = async (change: Partial<S3Parcel>) => {
    const event: S3Parcel = {
      target: arnOf('receiver'),
      bucketArn: 'arn:aws:s3:::pictures',
      account: '123456789012',
      region: 'us-east-1',
      record: RECORD,
    }
    core.ground.outbox.add(NOTIFICATIONS, { ...event, ...change })
    await core.until(() => core.ground.outbox.waiting() === 0, 'an empty queue')
  }
  const dropped = () => core.said.filter(({ from }) => from === 's3').map(({ text }) => text)

  it('reach the function as one event with its record', async () => {
    await notify({})

    expect(core.lines.find((line) => line.includes('received'))).to.contain(
      `received ${JSON.stringify({ Records: [RECORD] })}`,
    )
    expect(dropped()).to.deep.equal([])
  })

  it('of another bucket or account are refused by the policy of the function, with a line', async () => {
    await notify({ bucketArn: 'arn:aws:s3:::others' })
    await notify({ account: '999999999999' })

    expect(core.lines).to.deep.equal([])
    expect(dropped()).to.have.length(2)
    expect(dropped()[0]).to.match(
      /^an event of arn:aws:s3:::others for arn:aws:lambda:.*:receiver is dropped: User: s3.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: /,
    )
  })

  it('for a function that is gone are dropped, with a line', async () => {
    await notify({ target: arnOf('nobody') })

    expect(dropped()).to.have.length(1)
    expect(dropped()[0]).to.contain('arn:aws:s3:::pictures')
  })
})

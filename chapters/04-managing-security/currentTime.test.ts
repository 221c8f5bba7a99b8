import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { withCloud } from '../../tests/cloud.ts'
import { conditionsOf, OBJECT, refused } from '../../tests/conditions.ts'
import { refusalOf } from '../../tests/refusal.ts'

/** The text of a policy of this chapter. */
const policy = (name: string): string => readFileSync(new URL(`policies/${name}.json`, import.meta.url), 'utf8')

describe('aws:CurrentTime, asked through the door in January 2016', () => {
  const cloud = withCloud()
  const { session, bucket, why, admin } = conditionsOf(cloud)
  const setClock = (time: string) => cloud.clock.advance(Date.parse(time) - cloud.clock.now())
  const ask = async (name: string, time: string) => {
    setClock(time)
    return (await session(name, policy('current-time'))).getObject(OBJECT)
  }
  before(async () => {
    setClock('2015-12-01T00:00:00Z')
    await bucket('bucket', 'key')
  })

  it('denies before it', async () => {
    const refusal = await refusalOf(ask('before', '2015-12-31T23:59:00Z'))

    expect(refusal).to.deep.equal(refused('before'))
    expect(why()).to.match(
      /^condition DateGreaterThanEquals aws:CurrentTime "2016-01-01T00:00:00Z" does not hold: it is "2015-12-31T23:59:\d\d\.\d{3}Z" here$/,
    )
  })

  for (const [name, time] of [
    ['first', '2016-01-01T00:00:00Z'],
    ['last', '2016-01-31T23:59:00Z'],
  ] as const)
    it(`allows in the ${name} minute of the month`, async () => {
      expect((await ask(name, time)).ContentLength).to.equal(4)
    })

  it('denies from the first instant of February on, the same session too', async () => {
    setClock('2016-01-31T23:50:00Z')
    const january = await session('january', policy('current-time'))
    expect((await january.getObject(OBJECT)).ContentLength).to.equal(4)

    const refusal = await refusalOf(ask('february', '2016-02-01T00:00:00Z'))

    expect(refusal).to.deep.equal(refused('february'))
    expect(why()).to.match(
      /^condition DateLessThan aws:CurrentTime "2016-02-01T00:00:00Z" does not hold: it is "2016-02-01T00:00:\d\d\.\d{3}Z" here$/,
    )
    expect(await refusalOf(january.getObject(OBJECT))).to.deep.equal(refused('january'))
  })

  it('IAM does not even store the operator that the book prints', async () => {
    const { name, status, message } = await refusalOf(session('printed', policy('current-time-as-printed')))

    expect([name, status]).to.deep.equal(['MalformedPolicyDocumentException', 400])
    expect(message).to.equal('Syntax errors in policy.')
  })

  it('of a client whose clock goes wrong nothing is taken', async () => {
    const s3 = admin()
    setClock('2016-02-02T00:00:00Z')

    expect((await refusalOf(s3.getObject(OBJECT))).name).to.equal('RequestTimeTooSkewed')
  })
})

import { expect } from 'chai'
import { answered, json, Refusal } from './answers.ts'

describe('answered', () => {
  const told: unknown[] = []
  const { error } = console
  beforeEach(() => {
    told.length = 0
    console.error = (...values) => told.push(...values)
  })
  afterEach(() => {
    console.error = error
  })

  it('hands on the answer', async () => {
    expect(await answered(() => json(201, { id: 1 }, { Location: '/1' }))).to.deep.equal({
      statusCode: 201,
      headers: { 'Content-Type': 'application/json', Location: '/1' },
      body: '{"id":1}',
    })
  })

  it('says what was refused, and logs nothing', async () => {
    const answer = await answered(() => {
      throw new Refusal(404, 'There is no book 5')
    })

    expect(answer.statusCode).to.equal(404)
    expect(answer.body).to.equal('{"message":"There is no book 5"}')
    expect(told).to.deep.equal([])
  })

  it('keeps every other error to the log', async () => {
    const cause = new Error('the password is 1234')

    const answer = await answered(async () => {
      throw cause
    })

    expect(answer.statusCode).to.equal(500)
    expect(answer.body).to.equal('{"message":"Internal server error"}')
    expect(told).to.deep.equal([cause])
  })
})

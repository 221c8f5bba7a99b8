import { expect } from 'chai'
import { handler } from './estimateCosts.ts'

const refusal = (event: unknown): Promise<Error> =>
  handler(event as never).then(
    (answer) => expect.fail(`got ${JSON.stringify(answer)}`),
    (error: Error) => error,
  )
const totals = async (prices: 'book' | 'x86_64' | 'arm64', users: number[]) =>
  (await handler({ users, prices })).rows.map(({ total }) => total)

describe('estimateCosts', () => {
  it('gives table 12.1', async () => {
    const { rows } = await handler({ users: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000] })

    expect(
      rows.map((row) => [row.users, row.requests, row.gbSeconds, row.paidRequests, row.paidGbSeconds, row.requestCost]),
    ).to.deep.equal([
      [1, 100, 25.625, 0, 0, 0],
      [10, 1000, 256.25, 0, 0, 0],
      [100, 10_000, 2562.5, 0, 0, 0],
      [1000, 100_000, 25_625, 0, 0, 0],
      [10_000, 1_000_000, 256_250, 0, 0, 0],
      [100_000, 10_000_000, 2_562_500, 9_000_000, 2_162_500, 1.8],
      [1_000_000, 100_000_000, 25_625_000, 99_000_000, 25_225_000, 19.8],
    ])
    expect(rows.map(({ durationCost, total }) => [durationCost, total])).to.deep.equal([
      ...Array(5).fill([0, 0]),
      [36.05, 37.85],
      [420.5, 440.3],
    ])
  })

  it("gives today's prices, for each architecture", async () => {
    expect(await totals('x86_64', [100_000, 1_000_000])).to.deep.equal([37.11, 432.93])
    expect(await totals('arm64', [100_000, 1_000_000])).to.deep.equal([30.05, 350.3])
  })

  it('bills each 100 ms of the book, each ms of today', async () => {
    const workloads = [{ share: 1, milliseconds: 101, memory: 1024 }]
    const gbSeconds = async (prices: 'book' | 'x86_64') =>
      (await handler({ users: [1000], prices, workloads })).rows[0]?.gbSeconds

    expect(await gbSeconds('book')).to.equal(20_000)
    expect(await gbSeconds('x86_64')).to.equal(10_100)
  })

  it('adds ephemeral storage beyond 512 MB', async () => {
    const workload = { share: 1, milliseconds: 1000, memory: 128 }
    const storage = async (MB: number) =>
      (await handler({ users: [1_000_000], prices: 'arm64', workloads: [{ ...workload, storage: MB }] })).rows[0]

    expect((await storage(512))?.storageCost).to.equal(0)
    expect((await storage(10_240))?.storageCost).to.equal(29.36) // 100 million s of 9.5 GB at $0.0000000309
  })

  for (const [event, message] of [
    [null, 'the event must be an object, but is null'],
    [{}, 'users must be a list, but is missing'],
    [{ users: ['10'] }, 'users[0] must be a number, but is "10"'],
    [{ users: [-1] }, 'users[0] must be between 0 and 10000000000, but is -1'],
    [{ users: [1.5] }, 'users[0] must be a whole number, but is 1.5'],
    [{ users: [1], prices: 'free' }, 'prices must be book or x86_64 or arm64, but is "free"'],
    [{ users: [1], prices: 'constructor' }, 'prices must be book or x86_64 or arm64, but is "constructor"'],
    [
      { users: [1], workloads: [{ share: 1, milliseconds: 1, memory: 64 }] },
      'workloads[0].memory must be between 128 and 10240, but is 64',
    ],
    [
      { users: [1], workloads: [{ share: 0.5, milliseconds: 1, memory: 128 }] },
      'the shares of workloads must add up to 1, but to 0.5',
    ],
  ] as const)
    it(`refuses ${JSON.stringify(event)}`, async () => {
      expect((await refusal(event)).message).to.equal(message)
    })
})

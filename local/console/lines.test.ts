import { expect } from 'chai'
import { withLambda } from '../../tests/lambda.ts'

describe("the console's lines of functions", () => {
  const { cloud, create, run } = withLambda()

  it('are cut where a function prints megabytes, of which 500 lines would fill the memory', async () => {
    const api = async <T>(path: string): Promise<T> => {
      const page = await (await fetch(`${cloud.cloud.url}/_console/`)).text()
      const [, token = ''] = /name="console-token" content="([^"]+)"/.exec(page) ?? []
      const answer = await fetch(`${cloud.cloud.url}/_console/api/${path}`, { headers: { 'x-console-token': token } })
      return (await answer.json()) as T
    }
    await create('loud', `export const handler = async () => { console.log('x'.repeat(3_000_000)) }`)

    await run('loud')

    const lines = await api<{ functionName: string; message: string }[]>('logs')
    const loud = lines.find(({ message }) => message.includes('xxx'))
    expect(loud?.functionName).to.equal('loud')
    expect(loud?.message).to.have.length(16_384)
  })
})

import { readFileSync } from 'node:fs'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { chain } from '../../tests/chains/02.ts'
import { takeSteps } from '../../tests/chains/local.ts'
import { withCloud } from '../../tests/cloud.ts'

const event = (name: string) => readFileSync(new URL(`./events/${name}.json`, import.meta.url))

describe('Chapter 2 on the local cloud', () => {
  const cloud = withCloud({ chapter: '02' })
  const invoke = async (name: string, payload: Uint8Array) => {
    const answer = await new LambdaClient(cloud.config()).send(
      new InvokeCommand({ FunctionName: name, Payload: payload, LogType: 'Tail' }),
    )
    return {
      result: JSON.parse(answer.Payload?.transformToString() ?? ''),
      log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    }
  }

  it('runs initialisation code once for each execution environment', async () => {
    const first = await invoke('GreetingsOnDemand', event('greetingsOnDemand.john'))
    const second = await invoke('GreetingsOnDemand', event('greetingsOnDemand.nobody'))

    expect(first.result).to.equal('Hello John!')
    expect(second.result).to.equal('Hello World!')
    expect(cloud.lines.filter((line) => line.includes('Loading function'))).to.have.length(1)
    expect(second.log).not.to.contain('Loading function')
    expect(second.log).to.match(
      /START RequestId: [\s\S]*name = undefined[\s\S]*END RequestId: [\s\S]*REPORT RequestId: /,
    )
  })

  takeSteps(chain, cloud)
})

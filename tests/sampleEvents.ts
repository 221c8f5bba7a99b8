import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect } from 'chai'
import { functionsOf } from '../scripts/lib/application.ts'
import { seed } from '../scripts/lib/seed.ts'
import { type TestCloud, told } from './cloud.ts'

/**
 * Tests each sample event of a chapter, seeded as `npm run invoke` does it.
 * @param expected by `function.case`: what its result as JSON, or `errorType: errorMessage`, must match
 */
export const testEvents = (folder: string, cloud: TestCloud, expected: Record<string, RegExp>): void => {
  const files = globSync('events/*.json', { cwd: folder }).sort()

  it('have all an expectation here', () => {
    expect(files.map((file) => basename(file, '.json'))).to.deep.equal(Object.keys(expected).sort())
  })

  for (const file of files) {
    const name = basename(file, '.json')
    it(`${name} comes to ${expected[name]}`, async () => {
      const fn = functionsOf().find((one) => one.name === name.split('.')[0])
      await seed(join(folder, file), cloud.config())

      const { Payload } = await new LambdaClient(cloud.config()).send(
        new InvokeCommand({ FunctionName: fn?.logicalId, Payload: readFileSync(join(folder, file)) }),
      )

      const text = Payload?.transformToString() ?? ''
      const { errorType, errorMessage } = JSON.parse(text) ?? {}
      expect(errorType ? `${errorType}: ${errorMessage}` : text, told(cloud)).to.match(expected[name] ?? /^$/)
    })
  }
}

import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseDocument } from 'yaml'
import { templateFile } from '../../tests/cloud.ts'
import { template as solutionA } from './exercise/solutionA.ts'
import { template as solutionB } from './exercise/solutionB.ts'

type Paths = Record<string, Record<string, Record<string, { requestTemplates?: Record<string, string> }>>>

describe('the solutions of the exercise', () => {
  const document = parseDocument(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' })
  const paths: Paths = document.toJS().Resources.MyUtilities.Properties.DefinitionBody.paths
  const served = (path: string) =>
    paths[path]?.get?.['x-amazon-apigateway-integration']?.requestTemplates?.['application/json'] ?? ''
  const words = (text: string) => text.replace(/\s+/g, '')

  it('A is what /say serves', () => {
    expect(served('/say')).to.not.equal('')
    expect(words(served('/say'))).to.equal(words(solutionA))
  })

  for (const path of ['/users/{username}/say/{greet}', '/user/{username}/say/{greet}'])
    it(`B is what ${path} serves, its name from the path`, () => {
      expect(words(served(path))).to.equal(words(solutionB.replace("params('name')", "params('username')")))
    })
})

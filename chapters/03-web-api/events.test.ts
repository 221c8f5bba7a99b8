import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DeleteCommand, DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { expect } from 'chai'
import { functionsOf } from '../../scripts/lib/application.ts'
import { seed } from '../../scripts/lib/seed.ts'
import { withCloud } from '../../tests/cloud.ts'

/** What each sample event comes to: a result, `status body` of a proxy, or the message of an error. */
const EXPECTED: Record<string, unknown> = {
  'adminAuthorizer.admin': /"principalId":"admin"/,
  'adminAuthorizer.basic': /^Unauthorized$/,
  'adminAuthorizer.wrong': /^Unauthorized$/,
  'createNewBook.book': /^201 \{"id":"[0-9a-f-]{36}"\}$/,
  'createNewBook.broken': /^400 \{"message":"The body is no JSON"\}$/,
  'createNewBook.untitled': /^400 \{"message":"title must be a text that is not blank"\}$/,
  'createOrUpdateBookById.again': /^200 \{"id":"5","title":"The Left Hand of Darkness",/,
  'createOrUpdateBookById.new': /^201 \{"id":"7","title":"The Left Hand of Darkness",/,
  'createOrUpdateBookById.year': /^400 \{"message":"year must be a whole number from 0 to 9999"\}$/,
  'deleteBookById.absent': /^204 $/,
  'deleteBookById.five': /^204 $/,
  'deleteBookById.strange': /^400 \{"message":"An id has /,
  'getBookById.absent': /^404 \{"message":"There is no book 6"\}$/,
  'getBookById.five': /^200 .*"title":"Frankenstein"/,
  'getBookById.strange': /^400 \{"message":"An id has /,
  'getBooksByRange.first': /^200 \{"books":\[.*Wonderland.*Looking-Glass.*\],"next":"5"\}$/,
  'getBooksByRange.forged': /^400 \{"message":"from must be the id of a book"\}$/,
  'getBooksByRange.next': /^200 \{"books":\[[^\]]*Frankenstein[^\]]*\]/,
  'getBookStats.empty': /^200 \{"books":\d+,"authors":\d+,"askedBy":"admin"\}$/,
  'getBookStats.three': /^200 \{"books":\d+,"authors":\d+,"askedBy":"admin"\}$/,
  'greetingsAsInTheBook.empty': /^"Hello !"$/,
  'greetingsAsInTheBook.john': /^"Hello John!"$/,
  'greetingsAsInTheBook.nobody': /^"Hello World!"$/,
  'greetingsAsInTheBook.number': /^name must be a string, but is 42$/,
  'greetingsProxy.john': /^200 \{"greeting":"Hello John!"\}$/,
  'greetingsProxy.nobody': /^200 \{"greeting":"Hello World!"\}$/,
  'greetingsProxy.quotes': /^200 \{"greeting":"Hello \\"Zoë\\" O'Neill \\\\ 🎉\\nof two lines!"\}$/,
  'showRequest.options': /^405 /,
  'showRequest.put': /^200 \{"method":"PUT","path":"\/proxy\/any\/path",/,
  'whatIsMyIp.address': /^"1\.1\.1\.1"$/,
  'whatIsMyIp.missing': /^myip must be an address, but is undefined$/,
  'whatIsMyIp.test': /^"test-invoke-source-ip"$/,
  'whatIsMyIpProxy.json': /^200 \{"myip":"203\.0\.113\.7"\}$/,
  'whatIsMyIpProxy.text': /^200 203\.0\.113\.7$/,
}

describe('the sample events of chapter 3', () => {
  const cloud = withCloud({ chapter: '03' })
  const files = globSync('events/*.json', { cwd: import.meta.dirname }).sort()

  /** A book that one event adds has a random id, which may stand between those that the next one reads. */
  afterEach(async () => {
    const table = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.config()))
    const { Items = [] } = await table.send(new ScanCommand({ TableName: 'Books' }))
    for (const { shelf, id } of Items) await table.send(new DeleteCommand({ TableName: 'Books', Key: { shelf, id } }))
  })

  it('have all an expectation here', () => {
    expect(files.map((file) => basename(file, '.json'))).to.deep.equal(Object.keys(EXPECTED).sort())
  })

  for (const file of files) {
    const name = basename(file, '.json')
    it(`${name} comes to ${EXPECTED[name]}`, async () => {
      const fn = functionsOf().find((one) => one.name === name.split('.')[0])
      await seed(new URL(file, import.meta.url).pathname, cloud.config())

      const { Payload } = await new LambdaClient(cloud.config()).send(
        new InvokeCommand({ FunctionName: fn?.logicalId, Payload: readFileSync(new URL(file, import.meta.url)) }),
      )

      const text = Payload?.transformToString() ?? ''
      const { statusCode, body, errorMessage } = JSON.parse(text)
      expect(errorMessage ?? (statusCode ? `${statusCode} ${body}` : text)).to.match(EXPECTED[name] as RegExp)
    })
  }
})

import { requestLine } from './fixture.ts'
import type { RequestHead } from './types.ts'

/** Requests of any size, each growing in a way that a careless reader would take more than its time for. */
export interface Growing {
  name: string
  service: string
  head: RequestHead
  /** A body with `size` of what it is made of. */
  body(size: number): string
}

const repeat = (size: number, line: (i: number) => string) =>
  Array.from({ length: size }, (_, i) => line(i + 1)).join('')

const form = (name: string, body: Growing['body']): Growing => ({
  name,
  service: 'sts',
  head: requestLine('POST /'),
  body: (size) => `Action=AssumeRole&RoleArn=a&RoleSessionName=b${body(size)}`,
})
const item = (name: string, body: Growing['body']): Growing => ({
  name,
  service: 'dynamodb',
  head: requestLine('POST /', { 'x-amz-target': 'DynamoDB_20120810.PutItem' }),
  body: (size) => `{"TableName":"t","Item":{${body(size)}}}`,
})
const xml = (name: string, body: Growing['body']): Growing => ({
  name,
  service: 's3',
  head: requestLine('POST /?delete', {}, 'b'),
  body,
})

export const growing: readonly Growing[] = [
  form('a list in a form', (size) => repeat(size, (i) => `&Tags.member.${i}.Key=k&Tags.member.${i}.Value=v`)),
  form('a list in a form, backwards', (size) => repeat(size, (i) => `&TransitiveTagKeys.member.${size - i}=k`)),
  form('fields of a form that fit nowhere', (size) => repeat(size, (i) => `&Tags.x${i}.y=1`)),
  form('fields of a form that nobody knows', (size) => repeat(size, (i) => `&x${i}.y=1`)),
  form('a long key of a form', (size) => `&Tags${'.1'.repeat(size)}=1`),
  {
    name: 'a map in a form',
    service: 'sns',
    head: requestLine('POST /'),
    body: (size) =>
      `Action=CreateTopic&Name=a${repeat(size, (i) => `&Attributes.entry.${i}.key=k${i}&Attributes.entry.${i}.value=v`)}`,
  },
  item('an item', (size) => `${repeat(size, (i) => `"a${i}":{"S":"x"},`)}"z":{"S":""}`),
  item('members that are missing', (size) => `${repeat(size, (i) => `"a${i}":null,`)}"z":null`),
  item('JSON in JSON', (size) => `"a":${'{"L":['.repeat(size)}${']}'.repeat(size)}`),
  xml('elements', (size) => `<Delete>${repeat(size, (i) => `<Object><Key>k${i}&amp;</Key></Object>`)}</Delete>`),
  xml('elements that nobody knows', (size) => `<Delete>${'<a/>'.repeat(size)}</Delete>`),
  xml('elements without end', (size) => '<Delete>'.repeat(size)),
  xml('attributes', (size) => `<Delete${repeat(size, (i) => ` a${i}="b"`)}/>`),
  xml('comments', (size) => `<Delete>${'<!---->x'.repeat(size)}</Delete>`),
]

import { type Expressions, readExpressions } from './expressions.ts'
import type { Item } from './types.ts'

/** What tests of expressions name by placeholders. */
const VALUES: Item = {
  ':s': { S: 'abc' },
  ':n': { N: '1' },
  ':b': { B: Buffer.from([1, 2, 3]).toString('base64') },
  ':t': { BOOL: true },
  ':l': { L: [{ S: 'x' }] },
  ':set': { SS: ['a', 'b'] },
  ':type': { S: 'SS' },
  ':null': { NULL: true },
}

/** The item that they look at. */
export const ITEM: Item = {
  s: { S: 'abcdef' },
  same: { S: 'abc' },
  n: { N: '10' },
  b: { B: Buffer.from([1, 2, 3, 4]).toString('base64') },
  t: { BOOL: true },
  nothing: { NULL: true },
  blank: { S: '' },
  l: { L: [{ S: 'x' }, { M: { y: { N: '1' } } }, { SS: ['a', 'b'] }] },
  m: { M: { n: { N: '1' }, deep: { M: { l: { L: [{ N: '5' }] } } } } },
  tags: { SS: ['a', 'b', 'c'] },
  '#odd name.with[signs]': { S: 'found' },
}

/** Only the placeholders that a text uses: others would be refused as unused. */
const used = <T>(all: Record<string, T>, ...texts: string[]) => {
  const some = Object.entries(all).filter(([key]) => new RegExp(`${key}\\b`).test(texts.join(' ')))
  return some.length ? Object.fromEntries(some) : undefined
}
/** Reads one expression, with the placeholders that it uses. */
export const read = (
  name: 'ConditionExpression' | 'UpdateExpression' | 'ProjectionExpression',
  text: string,
  names = {},
): Expressions =>
  readExpressions(
    {
      [name]: text,
      ExpressionAttributeValues: used(structuredClone(VALUES), text),
      ExpressionAttributeNames: used(names, text),
    },
    [name],
    [],
  )

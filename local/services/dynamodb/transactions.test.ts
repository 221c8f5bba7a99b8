import type { AttributeValue, DynamoDB, TransactWriteItem } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { anew, INVALID, invalid, NO_TABLE, PICTURES, simple } from './fixture.ts'

const CANCELLED = 'Transaction cancelled, please refer cancellation reasons for specific reasons'

describe('DynamoDB: transactions', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'accounts'
  beforeEach(async () => {
    dynamodb = test.client()
    await anew(dynamodb, simple(TableName))
    await anew(dynamodb, PICTURES)
  })
  const key = (id: string) => ({ TableName, Key: { id: { S: id } } })
  const put = (id: string, item: Record<string, AttributeValue> = {}, more = {}): TransactWriteItem => ({
    Put: { TableName, Item: { id: { S: id }, ...item }, ...more },
  })
  const check = (id: string, ConditionExpression = 'attribute_exists(id)'): TransactWriteItem => ({
    ConditionCheck: { ...key(id), ConditionExpression },
  })
  const write = (TransactItems: TransactWriteItem[], more = {}) =>
    dynamodb.transactWriteItems({ TransactItems, ...more })
  const get = async (id: string) => (await dynamodb.getItem(key(id))).Item
  /** The reasons of a transaction that is cancelled. */
  const reasons = async (items: TransactWriteItem[]) => {
    const error = await write(items).then(
      () => expect.fail('should have been cancelled'),
      (thrown) => thrown,
    )
    expect([error.name, error.$metadata.httpStatusCode]).to.deep.equal(['TransactionCanceledException', 400])
    expect(error.message).to.equal(
      `${CANCELLED} [${error.CancellationReasons.map((one: { Code: string }) => one.Code).join(', ')}]`,
    )
    return error.CancellationReasons
  }

  it('put, update, delete and check, in several tables, all at once', async () => {
    await write([put('old'), put('counted', { n: { N: '1' } }), put('checked')])
    const picture = { owner: { S: 'me' }, key: { S: 'k' }, format: { B: new Uint8Array([7]) } }

    const { ConsumedCapacity } = await write(
      [
        put('new', { b: { B: new Uint8Array([1]) } }),
        {
          Update: {
            ...key('counted'),
            UpdateExpression: 'ADD n :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
        { Delete: key('old') },
        check('checked'),
        { Put: { TableName: 'pictures', Item: picture } },
      ],
      { ReturnConsumedCapacity: 'TOTAL' },
    )

    expect(await get('new')).to.deep.equal({ id: { S: 'new' }, b: { B: new Uint8Array([1]) } })
    expect((await get('counted'))?.n).to.deep.equal({ N: '2' })
    expect(await get('old')).to.equal(undefined)
    expect(await get('checked')).to.deep.equal({ id: { S: 'checked' } })
    expect((await dynamodb.scan({ TableName: 'pictures', IndexName: 'by-format' })).Count).to.equal(1)
    expect(ConsumedCapacity).to.deep.equal([
      { TableName, CapacityUnits: 8, WriteCapacityUnits: 8 },
      { TableName: 'pictures', CapacityUnits: 4, WriteCapacityUnits: 4 },
    ])
  })

  it('change nothing when one condition does not hold, and say which', async () => {
    await write([put('there', { b: { B: new Uint8Array([1, 2]) } })])

    const found = await reasons([
      put('new'),
      check('gone'),
      put(
        'there',
        {},
        { ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
      ),
    ])

    expect(found).to.deep.equal([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { id: { S: 'there' }, b: { B: new Uint8Array([1, 2]) } },
      },
    ])
    expect(await get('new')).to.equal(undefined)
  })

  it('are cancelled for what an action cannot do to its item', async () => {
    await write([put('text', { s: { S: 'x' } })])
    const update = (UpdateExpression: string) => ({
      Update: { ...key('text'), UpdateExpression, ExpressionAttributeValues: { ':n': { N: '1' } } },
    })

    expect(await reasons([put('a'), update('ADD s :n')])).to.deep.equal([
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ])
    expect(await reasons([{ Put: { TableName, Item: { id: { N: '5' } } } }])).to.deep.equal([
      { Code: 'ValidationError', Message: `${INVALID}Type mismatch for key id expected: S actual: N` },
    ])
    expect(await reasons([{ Delete: { TableName, Key: { id: { N: '5' } } } }])).to.deep.equal([
      { Code: 'ValidationError', Message: 'The provided key element does not match the schema' },
    ])
    expect(await get('a')).to.equal(undefined)
  })

  it('with a token are carried out once in ten minutes', async () => {
    const add = (by: string, ClientRequestToken: string) =>
      write(
        [{ Update: { ...key('n'), UpdateExpression: 'ADD n :by', ExpressionAttributeValues: { ':by': { N: by } } } }],
        { ClientRequestToken, ReturnConsumedCapacity: 'TOTAL' },
      )
    const first = await add('1', 'token')
    const second = await add('1', 'token')
    const other = await refusalOf(add('2', 'token'))
    const counted = (await get('n'))?.n
    test.clock.advance(10 * 60_000 + 1)
    dynamodb = test.client()
    await add('2', 'token')

    expect(first.ConsumedCapacity).to.deep.equal([{ TableName, CapacityUnits: 2, WriteCapacityUnits: 2 }])
    expect(second.ConsumedCapacity).to.deep.equal([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }])
    expect(other.name).to.equal('IdempotentParameterMismatchException')
    expect(counted).to.deep.equal({ N: '1' })
    expect((await get('n'))?.n).to.deep.equal({ N: '3' })
  })

  it('forget the token of a transaction that was cancelled', async () => {
    const ClientRequestToken = 'tried'
    await refusalOf(write([check('late')], { ClientRequestToken }))
    await write([put('late')])

    await write([check('late')], { ClientRequestToken })
  })

  it('keep counters exact, however many run at once', async () => {
    await write([put('from', { n: { N: '20' } }), put('to', { n: { N: '0' } })])
    const move = () =>
      write([
        {
          Update: {
            ...key('from'),
            UpdateExpression: 'SET n = n - :one',
            ConditionExpression: 'n >= :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
        {
          Update: {
            ...key('to'),
            UpdateExpression: 'SET n = n + :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          },
        },
      ])

    const moved = await Promise.allSettled(Array.from({ length: 50 }, move))

    expect(moved.filter(({ status }) => status === 'fulfilled')).to.have.length(20)
    expect([(await get('from'))?.n, (await get('to'))?.n]).to.deep.equal([{ N: '0' }, { N: '20' }])
  })

  it('read a moment: TransactGetItems', async () => {
    await write([put('a', { n: { N: '1' }, m: { N: '2' } })])

    const { Responses, ConsumedCapacity } = await dynamodb.transactGetItems({
      TransactItems: [{ Get: { ...key('a'), ProjectionExpression: 'm' } }, { Get: key('gone') }],
      ReturnConsumedCapacity: 'TOTAL',
    })

    expect(Responses).to.deep.equal([{ Item: { m: { N: '2' } } }, {}])
    expect(ConsumedCapacity).to.deep.equal([{ TableName, CapacityUnits: 4, ReadCapacityUnits: 4 }])
  })

  describe('are refused', () => {
    const gets = (...Keys: object[]) =>
      dynamodb.transactGetItems({ TransactItems: Keys.map((Key) => ({ Get: { TableName, Key: Key as never } })) })
    const empty =
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id'
    const cases: [what: string, call: () => Promise<unknown>, refusal: object][] = [
      ['for a table that is not there', () => write([{ Delete: { ...key('a'), TableName: 'nothing' } }]), NO_TABLE],
      [
        'with one item twice',
        () => write([put('a'), { Delete: key('a') }]),
        invalid('Transaction request cannot include multiple operations on one item'),
      ],
      [
        'with one item twice, to get',
        () => gets({ id: { S: 'a' } }, { id: { S: 'a' } }),
        invalid('Transaction request cannot include multiple operations on one item'),
      ],
      [
        'with an action that is none',
        () => write([{}]),
        invalid('TransactItems can only contain one of Check, Put, Update or Delete'),
      ],
      [
        'with two actions in one',
        () => write([{ ...put('a'), Delete: key('b') }]),
        invalid('TransactItems can only contain one of Check, Put, Update or Delete'),
      ],
      ['with an empty key', () => write([put('')]), invalid(empty)],
      [
        'with a broken condition, which is told before the table is looked for',
        () => write([{ Put: { TableName: 'nothing', Item: {} } }, check('a', 'attribute_not_exists(')]),
        invalid('Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("'),
      ],
      [
        'with a value that nothing uses',
        () =>
          write([
            put(
              'a',
              {},
              { ConditionExpression: 'attribute_exists(id)', ExpressionAttributeValues: { ':v': { S: 'x' } } },
            ),
          ]),
        invalid('Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}'),
      ],
      [
        'with a token that is too long',
        () => write([put('a')], { ClientRequestToken: 'x'.repeat(37) }),
        invalid(
          `1 validation error detected: Value '${'x'.repeat(37)}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36`,
        ),
      ],
      [
        'with more than 4 MB',
        () => write(Array.from({ length: 11 }, (_, n) => put(`${n}`, { b: { S: 'x'.repeat(400_000) } }))),
        invalid('Collective size of items in the transaction exceeds the limit of 4 MB'),
      ],
      [
        'with another capacity to return',
        () => write([put('a')], { ReturnConsumedCapacity: 'BOGUS' }),
        invalid(
          "1 validation error detected: Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
        ),
      ],
    ]
    for (const [what, call, refusal] of cases)
      it(what, async () => expect(await refusalOf(call())).to.deep.equal(refusal))

    it('with no action, and with more than 100', async () => {
      const many = Array.from({ length: 101 }, (_, n) => put(`${n}`))

      expect((await refusalOf(write([]))).message).to.contain(
        "at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      )
      expect((await refusalOf(write(many))).message).to.contain(
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
      )
      await write(many.slice(0, 100))
    })
  })
})

import type { DynamoDB } from '@aws-sdk/client-dynamodb'
import { expect } from 'chai'
import { ACCOUNT, withDynamoDB } from '../../../tests/dynamodb.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import type { Access } from '../../iam/types.ts'
import { anew, PICTURES, simple } from './fixture.ts'

const ARN = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/pictures`
const THINGS = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/things`

describe('DynamoDB: what callers must be allowed to do', () => {
  const test = withDynamoDB()
  let dynamodb: DynamoDB
  const TableName = 'pictures'
  const Key = { owner: { S: 'me' }, key: { S: 'a' } }
  before(async () => {
    dynamodb = test.client()
    await anew(dynamodb, { ...PICTURES, Tags: [{ Key: 'team', Value: 'red' }] })
    await anew(dynamodb, simple('things'))
  })
  /** What an operation asks IAM: action, resource, condition keys that are there. */
  const asked = (name: string, input: object): Access[] => {
    const operation = test.dispatch.services.get('dynamodb')?.operations[name]
    if (typeof operation?.action !== 'function') throw new Error(`${name} asks nothing`)
    const answer = operation.action(
      input as never,
      { account: ACCOUNT, region: 'us-east-1', store: test.store } as never,
    ) as Access | Access[]
    const all = (Array.isArray(answer[0]) ? answer : [answer]) as Access[]
    return all.map(([action, resource, keys = {}]) => [action, resource, JSON.parse(JSON.stringify(keys))])
  }
  const written = (action: string, attributes: string[], more = {}) => [
    `dynamodb:${action}`,
    ARN,
    {
      'dynamodb:LeadingKeys': ['me'],
      'dynamodb:Attributes': attributes,
      'dynamodb:ReturnValues': 'NONE',
      'dynamodb:ReturnConsumedCapacity': 'NONE',
      'aws:ResourceTag/team': 'red',
      ...more,
    },
  ]

  it('single writes name action, table, partition key, and every attribute', () => {
    expect(asked('PutItem', { TableName, Item: { ...Key, title: { S: 'x' } } })).to.deep.equal([
      written('PutItem', ['owner', 'key', 'title']),
    ])
    expect(
      asked('UpdateItem', {
        TableName,
        Key,
        UpdateExpression: 'SET #t = if_not_exists(a.b, c) REMOVE d[0]',
        ConditionExpression: 'size(e) > f',
        ExpressionAttributeNames: { '#t': 'title' },
        ReturnValues: 'ALL_NEW',
      }),
    ).to.deep.equal([
      written('UpdateItem', ['owner', 'key', 'e', 'f', 'title', 'a', 'c', 'd'], { 'dynamodb:ReturnValues': 'ALL_NEW' }),
    ])
    expect(
      asked('DeleteItem', { TableName, Key, Expected: { title: { Exists: false } }, ReturnConsumedCapacity: 'TOTAL' }),
    ).to.deep.equal([written('DeleteItem', ['owner', 'key', 'title'], { 'dynamodb:ReturnConsumedCapacity': 'TOTAL' })])
  })

  it('reads name what they select', () => {
    const read = (select: string, attributes: string[], keys?: string[]) => ({
      ...(keys && { 'dynamodb:LeadingKeys': keys }),
      ...(attributes.length && { 'dynamodb:Attributes': attributes }),
      'dynamodb:Select': select,
      'dynamodb:ReturnConsumedCapacity': 'NONE',
      'aws:ResourceTag/team': 'red',
    })

    expect(asked('GetItem', { TableName, Key })).to.deep.equal([
      ['dynamodb:GetItem', ARN, read('ALL_ATTRIBUTES', ['owner', 'key'], ['me'])],
    ])
    expect(asked('GetItem', { TableName, Key, ProjectionExpression: 'title' })[0]?.[2]).to.deep.equal(
      read('SPECIFIC_ATTRIBUTES', ['owner', 'key', 'title'], ['me']),
    )
    expect(
      asked('Query', {
        TableName,
        IndexName: 'by-day',
        KeyConditionExpression: '#d = :d and bytes > :n',
        FilterExpression: 'title <> :d',
        ExpressionAttributeNames: { '#d': 'day' },
        ExpressionAttributeValues: { ':d': { S: 'today' }, ':n': { N: '1' } },
      }),
    ).to.deep.equal([
      ['dynamodb:Query', `${ARN}/index/by-day`, read('ALL_PROJECTED_ATTRIBUTES', ['day', 'bytes', 'title'], ['today'])],
    ])
    expect(asked('Scan', { TableName, Select: 'COUNT' })).to.deep.equal([['dynamodb:Scan', ARN, read('COUNT', [])]])
  })

  it('batches and transactions ask for each table', () => {
    const puts = (id: string) => ({ PutRequest: { Item: { id: { S: id } } } })
    const picture = { PutRequest: { Item: { ...Key, title: { S: 'x' } } } }
    const remove = { DeleteRequest: { Key: { ...Key, owner: { S: 'you' } } } }

    expect(
      asked('BatchWriteItem', { RequestItems: { pictures: [picture, remove], things: [puts('1')] } }),
    ).to.deep.equal([
      [
        'dynamodb:BatchWriteItem',
        ARN,
        {
          'dynamodb:LeadingKeys': ['me', 'you'],
          'dynamodb:Attributes': ['owner', 'key', 'title'],
          'dynamodb:ReturnConsumedCapacity': 'NONE',
          'aws:ResourceTag/team': 'red',
        },
      ],
      [
        'dynamodb:BatchWriteItem',
        THINGS,
        { 'dynamodb:LeadingKeys': ['1'], 'dynamodb:Attributes': ['id'], 'dynamodb:ReturnConsumedCapacity': 'NONE' },
      ],
    ])
    const enclosed = { 'dynamodb:EnclosingOperation': 'TransactWriteItems' }
    expect(
      asked('TransactWriteItems', {
        TransactItems: [
          { Put: { TableName, Item: Key } },
          { ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_exists(title)' } },
        ],
      }),
    ).to.deep.equal([
      written('PutItem', ['owner', 'key'], enclosed),
      written('ConditionCheckItem', ['owner', 'key', 'title'], enclosed),
    ])
    expect(asked('TransactGetItems', { TransactItems: [{ Get: { TableName, Key } }] })[0]?.slice(0, 2)).to.deep.equal([
      'dynamodb:GetItem',
      ARN,
    ])
    expect(
      asked('BatchGetItem', { RequestItems: { pictures: { Keys: [Key], ProjectionExpression: 'title' } } })[0]?.[2],
    ).to.deep.include({ 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES', 'dynamodb:LeadingKeys': ['me'] })
  })

  it('tables are created with their tags', () => {
    const keys = { 'aws:TagKeys': ['team'], 'aws:RequestTag/team': 'blue' }

    expect(asked('CreateTable', { ...simple('new'), Tags: [{ Key: 'team', Value: 'blue' }] })).to.deep.equal([
      ['dynamodb:CreateTable', THINGS.replace('things', 'new'), keys],
      ['dynamodb:TagResource', THINGS.replace('things', 'new'), keys],
    ])
    expect(asked('ListTables', {})).to.deep.equal([['dynamodb:ListTables', '*', {}]])
    expect(asked('DescribeTable', { TableName: ARN })).to.deep.equal([
      ['dynamodb:DescribeTable', ARN, { 'aws:ResourceTag/team': 'red' }],
    ])
  })

  it('private items: a role reaches only those whose partition key is its own (listing 6.3)', async () => {
    const mine = test.as('mine', {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:BatchWriteItem', 'dynamodb:Query'],
      Resource: ARN,
      Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'me' } },
    })
    const other = { ...Key, owner: { S: 'you' } }
    const query = (owner: string) =>
      mine.query({
        TableName,
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: owner } },
      })
    await mine.putItem({ TableName, Item: Key })

    const refusal = await refusalOf(mine.getItem({ TableName, Key: other }))

    expect(refusal).to.deep.equal({
      name: 'AccessDeniedException',
      status: 400,
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/mine/test is not authorized to perform: dynamodb:GetItem on resource: ${ARN} because no identity-based policy allows the dynamodb:GetItem action`,
    })
    expect((await query('me')).Count).to.equal(1)
    expect((await refusalOf(query('you'))).name).to.equal('AccessDeniedException')
    const both = [{ PutRequest: { Item: Key } }, { PutRequest: { Item: other } }]
    expect((await refusalOf(mine.batchWriteItem({ RequestItems: { pictures: both } }))).name).to.equal(
      'AccessDeniedException',
    )
    expect((await refusalOf(mine.scan({ TableName }))).name).to.equal('AccessDeniedException')
    expect((await refusalOf(mine.getItem({ TableName: 'nothing', Key }))).name).to.equal('AccessDeniedException')
  })

  it('some attributes only: title and description, keys included (listing 11.4)', async () => {
    const editor = test.as('editor', {
      Effect: 'Allow',
      Action: 'dynamodb:UpdateItem',
      Resource: ARN,
      Condition: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': 'me',
          'dynamodb:Attributes': ['owner', 'key', 'title', 'description'],
        },
        StringEqualsIfExists: { 'dynamodb:ReturnValues': ['NONE', 'UPDATED_OLD', 'UPDATED_NEW'] },
      },
    })
    const update = (UpdateExpression: string, more = {}) =>
      editor.updateItem({ TableName, Key, UpdateExpression, ExpressionAttributeValues: { ':v': { S: 'x' } }, ...more })
    await update('SET title = :v', { ReturnValues: 'UPDATED_NEW' })

    const denied = [
      update('SET secret = :v'),
      update('SET title = secret, description = :v'),
      update('SET title = :v', { ConditionExpression: 'attribute_exists(secret)' }),
      update('SET title = :v', { ReturnValues: 'ALL_NEW' }),
    ]

    for (const call of denied) expect((await refusalOf(call)).name).to.equal('AccessDeniedException')
  })
})

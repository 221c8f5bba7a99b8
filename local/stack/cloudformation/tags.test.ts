import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation'
import { CognitoIdentityClient, UpdateIdentityPoolCommand } from '@aws-sdk/client-cognito-identity'
import { LambdaClient, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-lambda'
import {
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { operations } from '../../../tests/stacks.ts'
import { TAGGABLE, tagsOfEach } from '../../../tests/taggable.ts'
import { toolPath } from '../../../tests/tools/tools.ts'
import { catalogue } from '../../services/catalogue.ts'
import type { ResourceType } from '../../services/service.ts'
import { ownTags, systemTags } from '../../services/systemTags.ts'

/** Types with tags that get none of CloudFormation's own: `cloudFormationSystemTags` of their schema is false. */
const WITHOUT = ['AWS::DynamoDB::Table', 'AWS::IAM::OIDCProvider', 'AWS::IAM::Role']

const types = Object.fromEntries(
  catalogue.flatMap(({ resources = {} }) => Object.entries(resources)),
) as unknown as Record<string, ResourceType<unknown>>
const propertyOf = ({ tags: { property = 'Tags' } = {} }: ResourceType<unknown>) => property
const isTaggable = (type: ResourceType<unknown>) => type.properties.includes(propertyOf(type))

/** What CloudFormation's registry says of tags, by type, as cfn-lint has it. */
const REGISTRY = `
import json, pathlib, cfnlint
found = {}
for file in pathlib.Path(cfnlint.__file__).parent.glob('data/schemas/resources/*.json'):
    schema = json.loads(file.read_text())
    found[schema.get('typeName')] = schema.get('tagging', {})
print(json.dumps(found))
`

describe('the tags of resources', function () {
  this.timeout(60_000)
  const t = withCloud()
  const { client, create, update, settled, stack } = operations(t)
  const StackName = 'tagged'
  const body = JSON.stringify({ Resources: TAGGABLE })
  const idsOf = async (): Promise<Record<string, string>> => {
    const { StackResources = [] } = await client().send(new DescribeStackResourcesCommand({ StackName }))
    return Object.fromEntries(
      StackResources.map(({ LogicalResourceId: id = '', PhysicalResourceId: physical = '' }) => [id, physical]),
    )
  }
  const tags = async () => tagsOfEach(await idsOf(), t.config())
  const typeOf = (id: string) => TAGGABLE[id as keyof typeof TAGGABLE].Type

  it('are in the test: there is a resource of every type that can have some', () => {
    const taggable = Object.entries(types).flatMap(([name, type]) => (isTaggable(type) ? [name] : []))
    const covered = new Set<string>(Object.values(TAGGABLE).map(({ Type }) => Type))

    expect(taggable.filter((name) => !covered.has(name))).to.deep.equal([])
    expect(taggable.filter((name) => !types[name]?.systemTags).sort()).to.deep.equal(WITHOUT)
  })

  it("stand where CloudFormation's registry says, and are its own where that says so", function () {
    const [bin] = toolPath('python')
    if (bin === undefined) return this.skip()
    const registry = JSON.parse(execFileSync(join(bin, 'python'), ['-c', REGISTRY], { encoding: 'utf8' }))
    const ours = Object.entries(types).map(([name, type]) => ({
      name,
      property: isTaggable(type) ? propertyOf(type) : undefined,
      system: type.systemTags !== undefined,
    }))
    const theirs = ours.map(({ name }) => ({
      name,
      property: registry[name]?.taggable ? registry[name].tagProperty.split('/').at(-1) : undefined,
      system: registry[name]?.cloudFormationSystemTags === true,
    }))

    expect(ours).to.deep.equal(theirs)
  })

  it('are those of the stack, and CloudFormation hangs its own on them', async () => {
    await create(StackName, body, {
      Capabilities: ['CAPABILITY_IAM'],
      Tags: [
        { Key: 'team', Value: 'blue' },
        { Key: 'cost', Value: '7' },
      ],
    })
    const { StackId, StackStatus, StackStatusReason } = await settled(StackName)
    const found = await tags()

    expect(StackStatus, StackStatusReason).to.equal('CREATE_COMPLETE')
    for (const [id, all] of Object.entries(found)) {
      expect(ownTags(all), id).to.deep.equal({ team: 'blue', cost: '7' })
      expect(systemTags(all), id).to.deep.equal(
        WITHOUT.includes(typeOf(id))
          ? {}
          : {
              'aws:cloudformation:stack-name': StackName,
              'aws:cloudformation:stack-id': StackId,
              'aws:cloudformation:logical-id': id,
            },
      )
    }
  })

  it('change with those of the stack, and go with them; nothing is replaced for that', async () => {
    const before = await idsOf()
    const system = async () => Object.entries(await tags()).map(([id, all]) => [id, systemTags(all)])
    const own = async () => Object.entries(await tags()).map(([id, all]) => [id, ownTags(all)])
    const kept = await system()
    const change = async (Tags: { Key: string; Value: string }[]) => {
      await update(StackName, body, { Capabilities: ['CAPABILITY_IAM'], Tags })
      const { StackStatus, StackStatusReason } = await settled(StackName)
      expect(StackStatus, StackStatusReason).to.equal('UPDATE_COMPLETE')
    }
    await change([{ Key: 'team', Value: 'red' }])
    const changed = await own()
    await change([])
    const gone = await own()

    expect(changed).to.deep.equal(changed.map(([id]) => [id, { team: 'red' }]))
    expect(gone).to.deep.equal(gone.map(([id]) => [id, {}]))
    expect(await system()).to.deep.equal(kept)
    expect(await idsOf()).to.deep.equal(before)
  })

  it("AWS's own are nobody else's to set or remove, and count for no quota", async () => {
    const { Function: name = '', Bucket = '', Pool: IdentityPoolId = '' } = await idsOf()
    const lambda = new LambdaClient(t.config())
    const Resource = `arn:aws:lambda:us-east-1:123456789012:function:${name}`
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, 'x']))
    const key = 'aws:cloudformation:stack-name'

    const set = await refusalOf(lambda.send(new TagResourceCommand({ Resource, Tags: { [key]: 'other' } })))
    const removed = await refusalOf(lambda.send(new UntagResourceCommand({ Resource, TagKeys: [key] })))
    await lambda.send(new TagResourceCommand({ Resource, Tags: many }))
    const over = await refusalOf(lambda.send(new TagResourceCommand({ Resource, Tags: { another: 'x' } })))
    await new CognitoIdentityClient(t.config()).send(
      new UpdateIdentityPoolCommand({
        ...{ IdentityPoolId, IdentityPoolName: 'pool', AllowUnauthenticatedIdentities: true },
        IdentityPoolTags: { only: 'this' },
      }),
    )
    const found = await tags()

    for (const refusal of [set, removed])
      expect(refusal).to.include({
        name: 'InvalidParameterValueException',
        message: 'aws: prefixed tag key names are not allowed for external use.',
      })
    expect(over.message).to.equal('A resource can have no more than 50 tags.')
    expect(Object.keys(found.Function ?? {})).to.have.length(53)
    expect(found.Pool).to.deep.equal({ ...systemTags(found.Pool), only: 'this' })
    expect(Object.keys(systemTags(found.Pool))).to.have.length(3)

    const s3 = new S3Client({ ...t.config(), forcePathStyle: true })
    const put = (TagSet: { Key: string; Value: string }[]) =>
      s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
    const { TagSet: kept = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }))
    const own = { Key: 'own', Value: 'x' }
    const left = await refusalOf(put([own]))
    const deleted = await refusalOf(s3.send(new DeleteBucketTaggingCommand({ Bucket })))
    const [first, ...others] = kept as { Key: string; Value: string }[]
    const changed = await refusalOf(put([...others, { Key: first?.Key ?? '', Value: 'other' }]))
    await put([own, ...(kept as { Key: string; Value: string }[])])
    const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }))

    for (const refusal of [left, deleted])
      expect(refusal).to.include({ name: 'InvalidTag', message: 'System Tags cannot be removed by requester' })
    expect(changed).to.include({ name: 'InvalidTag', message: 'System tags cannot be added/updated by requester' })
    expect(TagSet).to.have.deep.members([own, ...kept])
  })

  it('do not keep a stack from being deleted', async () => {
    await operations(t).remove(StackName)

    expect((await refusalOf(stack(StackName))).message).to.equal(`Stack with id ${StackName} does not exist`)
  })
})

import { CreateTemplateCommand, SESClient, UpdateTemplateCommand } from '@aws-sdk/client-ses'
import {
  CreateEmailIdentityCommand,
  GetEmailIdentityCommand,
  ListTagsForResourceCommand,
  SESv2Client,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sesv2'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const AT = 'arn:aws:ses:us-east-1:123456789012'

describe('the tags of SES', () => {
  const t = withCloud()
  const ses = () => new SESv2Client(t.config())
  const tag = (ResourceArn: string, tags: Record<string, string>) =>
    ses().send(
      new TagResourceCommand({ ResourceArn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
    )
  const untag = (ResourceArn: string, TagKeys: string[]) =>
    ses().send(new UntagResourceCommand({ ResourceArn, TagKeys }))
  const list = async (ResourceArn: string) =>
    (await ses().send(new ListTagsForResourceCommand({ ResourceArn }))).Tags?.map(({ Key, Value }) => `${Key}=${Value}`)

  it('are those of an identity, from its creation on', async () => {
    const EmailIdentity = 'tags@example.com'
    const identity = `${AT}:identity/${EmailIdentity}`

    await ses().send(new CreateEmailIdentityCommand({ EmailIdentity, Tags: [{ Key: 'team', Value: 'blue' }] }))
    await tag(identity, { team: 'red', cost: '7' })
    const tagged = await list(identity)
    await untag(identity, ['team', 'unknown'])

    const { Tags } = await ses().send(new GetEmailIdentityCommand({ EmailIdentity }))
    expect(tagged).to.have.members(['team=red', 'cost=7'])
    expect(Tags).to.deep.equal([{ Key: 'cost', Value: '7' }])
  })

  it('stay with a template whose text changes', async () => {
    const version1 = new SESClient(t.config())
    const Template = { TemplateName: 'tagged', SubjectPart: 'a', TextPart: 'b' }
    const template = `${AT}:template/tagged`

    await version1.send(new CreateTemplateCommand({ Template }))
    await tag(template, { team: 'blue' })
    await version1.send(new UpdateTemplateCommand({ Template: { ...Template, TextPart: 'c' } }))

    expect(await list(template)).to.deep.equal(['team=blue'])
  })

  it('are refused where SES takes none', async () => {
    const EmailIdentity = 'refused@example.com'
    const identity = `${AT}:identity/${EmailIdentity}`
    await ses().send(new CreateEmailIdentityCommand({ EmailIdentity }))
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`key-${index}`, 'x']))

    const reserved = await refusalOf(tag(identity, { 'aws:a': 'b' }))
    const removed = await refusalOf(untag(identity, ['aws:a']))
    const strange = await refusalOf(tag(identity, { 'a*': 'b' }))
    const over = await refusalOf(tag(identity, many))
    const nobody = await refusalOf(tag(`${AT}:identity/nobody@example.com`, { a: 'b' }))
    const elsewhere = await refusalOf(list(`arn:aws:ses:eu-west-1:123456789012:identity/${EmailIdentity}`))

    for (const refusal of [reserved, removed])
      expect(refusal).to.include({
        name: 'BadRequestException',
        message: 'The aws: prefix is reserved for use by AWS. Tag keys must not begin with it.',
      })
    expect(strange.message).to.equal('The tag key "a*" is not valid.')
    expect(over.message).to.equal('A resource can have no more than 50 tags.')
    expect(nobody).to.include({
      name: 'NotFoundException',
      message: `Resource ${AT}:identity/nobody@example.com does not exist.`,
    })
    expect(elsewhere.name).to.equal('NotFoundException')
    expect(await list(identity)).to.deep.equal([])
  })
})

import { SES } from '@aws-sdk/client-ses'
import { SESv2 } from '@aws-sdk/client-sesv2'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { refusalOf } from '../../../tests/refusal.ts'
import { createRole, roleArn, sessionOf, trust } from '../lambda/fixture.ts'

const Source = 'Sample Authentication <sender@example.com>'
const html = '<p>Hello <b>John</b>: <a href="http://127.0.0.1/verify?email=a%40b.com&amp;verify=x">verify</a></p>'

describe('SES', () => {
  const cloud = withCloud()
  let ses: SES
  let v2: SESv2
  before(async () => {
    ses = new SES(cloud.config())
    v2 = new SESv2(cloud.config())
    await ses.verifyEmailIdentity({ EmailAddress: 'sender@example.com' })
    await ses.verifyDomainIdentity({ Domain: 'example.org' })
  })
  after(() => {
    ses.destroy()
    v2.destroy()
  })
  const send = (more: { Source?: string; to?: string[]; subject?: string; text?: string } = {}) =>
    ses.sendEmail({
      Source: more.Source ?? Source,
      Destination: { ToAddresses: more.to ?? ['john@example.net'] },
      Message: {
        Subject: { Data: more.subject ?? 'Verification Email' },
        Body: { Html: { Data: html }, Text: more.text === undefined ? undefined : { Data: more.text } },
      },
    })
  const mail = (id: string | undefined) => cloud.cloud.mails().find((one) => one.id === id)

  it('puts a mail in the mailbox, unharmed', async () => {
    const { MessageId } = await send({ subject: 'Grüße 😀', text: 'Hello\nJohn' })

    expect(MessageId).to.match(/^[0-9a-f]{16}-[0-9a-f-]{36}-000000$/)
    expect(mail(MessageId)).to.deep.include({
      from: Source,
      to: ['john@example.net'],
      subject: 'Grüße 😀',
      text: 'Hello\nJohn',
      html,
    })
  })

  it('sends from verified senders only: the address, or its domain', async () => {
    await send({ Source: 'anybody@mail.example.org' })

    expect(await refusalOf(send({ Source: 'Eve <eve@example.com>' }))).to.deep.equal({
      name: 'MessageRejected',
      status: 400,
      message:
        'Email address is not verified. The following identities failed the check in region US-EAST-1: eve@example.com',
    })
  })

  it('sends to verified recipients only while the account is in the sandbox', async () => {
    cloud.cloud.setSandbox(true)
    const refused = await refusalOf(send())
    await send({ to: ['sender@example.com', 'success@simulator.amazonses.com'] })
    const quota = await ses.getSendQuota({})
    const account = await v2.getAccount({})
    cloud.cloud.setSandbox(false)
    await send()

    expect(refused.message).to.contain('failed the check in region US-EAST-1: john@example.net')
    expect(quota).to.deep.include({ Max24HourSend: 200, MaxSendRate: 1 })
    expect(account.ProductionAccessEnabled).to.equal(false)
  })

  it('takes raw mails apart', async () => {
    const Data = Buffer.from(
      [
        'From: =?UTF-8?Q?J=C3=B6rg?= <sender@example.com>',
        'To: john@example.net,',
        ' "Doe, Jane" <jane@example.net>',
        'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
        'X-Mine: yes',
        'MIME-Version: 1.0',
        'Content-Type: multipart/alternative; boundary=x',
        '',
        '--x',
        'Content-Type: text/plain; charset=utf-8',
        '',
        'Hello',
        '--x',
        'Content-Type: text/html; charset=utf-8',
        '',
        '<p>Hello</p>',
        '--x--',
        '',
      ].join('\r\n'),
    )
    const { MessageId } = await ses.sendRawEmail({ RawMessage: { Data } })
    const refused = await refusalOf(ses.sendRawEmail({ RawMessage: { Data: Buffer.from('Subject: x\r\n\r\nbody') } }))

    const sent = mail(MessageId)
    expect(sent).to.deep.include({ subject: 'Grüße', to: ['john@example.net', '"Doe, Jane" <jane@example.net>'] })
    expect(sent?.text?.trim()).to.equal('Hello')
    expect(sent?.html?.trim()).to.equal('<p>Hello</p>')
    expect(sent?.headers).to.deep.include(['X-Mine', 'yes'])
    expect(refused.message).to.equal("Missing required header 'From'.")
  })

  it('lets nobody write a header of their own', async () => {
    for (const subject of ['Hi\nBcc: all@example.net', 'Hi\r\nBcc: all@example.net', 'Hi\u0000'])
      expect((await refusalOf(send({ subject }))).name).to.equal('InvalidParameterValue')
    for (const to of [
      'a@example.net\nBcc: b@example.net',
      'a@example.net, b@example.net',
      'none',
      '<>',
      'a b@example.net',
    ])
      expect((await refusalOf(send({ to: [to] }))).name, to).to.equal('InvalidParameterValue')
  })

  it('renders templates', async () => {
    const Template = {
      TemplateName: 'greeting',
      SubjectPart: 'Hello {{name}}',
      TextPart: 'Dear {{name}}{{#if city}} of {{city}}{{/if}}',
      HtmlPart: '<p>{{name}}</p>',
    }
    await ses.createTemplate({ Template })
    const again = await refusalOf(ses.createTemplate({ Template }))
    const data = JSON.stringify({ name: '<John>', city: 'Rome' })
    const { MessageId } = await ses.sendTemplatedEmail({
      ...{ Source, Template: 'greeting', TemplateData: data },
      Destination: { ToAddresses: ['john@example.net'] },
    })
    const missing = await refusalOf(
      ses.testRenderTemplate({ TemplateName: 'greeting', TemplateData: '{"city":"Rome"}' }),
    )
    const broken = await refusalOf(
      ses.createTemplate({ Template: { TemplateName: 'broken', SubjectPart: '{{#if x}}', TextPart: '' } }),
    )
    const { TemplatesMetadata } = await ses.listTemplates({})

    expect(mail(MessageId)).to.deep.include({
      subject: 'Hello <John>',
      text: 'Dear <John> of Rome',
      html: '<p>&lt;John&gt;</p>',
    })
    expect(again.name).to.equal('AlreadyExistsException')
    expect(missing.message).to.equal("Attribute 'name' is not present in the rendering data.")
    expect(broken.name).to.equal('InvalidTemplateException')
    expect(TemplatesMetadata?.map(({ Name }) => Name)).to.deep.equal(['greeting'])
  })

  it('does at its simulator what the address says', async () => {
    const { MessageId } = await send({
      to: ['bounce@simulator.amazonses.com', 'complaint@simulator.amazonses.com', 'success+x@simulator.amazonses.com'],
    })
    const { Insights } = await v2.getMessageInsights({ MessageId })
    const { SendDataPoints } = await ses.getSendStatistics({})

    expect(Insights?.map(({ Events }) => Events?.map(({ Type }) => Type))).to.deep.equal([
      ['SEND', 'BOUNCE'],
      ['SEND', 'DELIVERY', 'COMPLAINT'],
      ['SEND', 'DELIVERY'],
    ])
    expect(SendDataPoints?.reduce((sum, { Bounces = 0 }) => sum + Bounces, 0)).to.equal(1)
    expect(SendDataPoints?.reduce((sum, { Complaints = 0 }) => sum + Complaints, 0)).to.equal(1)
  })

  it('sends by its second version, too', async () => {
    const { MessageId } = await v2.sendEmail({
      FromEmailAddress: 'sender@example.com',
      Destination: { ToAddresses: ['john@example.net'] },
      Content: { Simple: { Subject: { Data: 'Two' }, Body: { Text: { Data: 'text' } } } },
    })
    const refused = await refusalOf(
      v2.sendEmail({
        FromEmailAddress: 'eve@example.com',
        Destination: { ToAddresses: ['john@example.net'] },
        Content: { Simple: { Subject: { Data: 'Two' }, Body: { Text: { Data: 'text' } } } },
      }),
    )
    const created = await v2.createEmailIdentity({ EmailIdentity: 'new@example.com' })
    const { Identities } = await ses.listIdentities({ IdentityType: 'EmailAddress' })
    await v2.deleteEmailIdentity({ EmailIdentity: 'new@example.com' })

    expect(mail(MessageId)).to.deep.include({ subject: 'Two', text: 'text' })
    expect([refused.name, refused.status]).to.deep.equal(['MessageRejected', 400])
    expect(created).to.deep.include({ IdentityType: 'EMAIL_ADDRESS', VerifiedForSendingStatus: true })
    expect(Identities).to.include('new@example.com')
    expect((await refusalOf(v2.getEmailIdentity({ EmailIdentity: 'new@example.com' }))).name).to.equal(
      'NotFoundException',
    )
  })

  it('is decided by IAM, on the identity of the sender', async () => {
    await createRole(
      cloud.config(),
      'mailer',
      [
        {
          Effect: 'Allow',
          Action: 'ses:SendEmail',
          Resource: 'arn:aws:ses:us-east-1:123456789012:identity/sender@example.com',
          Condition: { 'ForAllValues:StringLike': { 'ses:Recipients': '*@example.net' } },
        },
      ],
      trust({ AWS: '123456789012' }),
    )
    const client = new SES({ ...cloud.config(), credentials: await sessionOf(cloud.config(), roleArn('mailer')) })
    const mailOf = (From: string, to: string) =>
      client.sendEmail({
        Source: From,
        Destination: { ToAddresses: [to] },
        Message: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } },
      })

    await mailOf('sender@example.com', 'john@example.net')
    const other = await refusalOf(mailOf('a@example.org', 'john@example.net'))
    const elsewhere = await refusalOf(mailOf('sender@example.com', 'john@example.com'))
    client.destroy()

    expect(other.name).to.equal('AccessDenied')
    expect(other.message).to.contain(
      'ses:SendEmail on resource: arn:aws:ses:us-east-1:123456789012:identity/example.org',
    )
    expect(elsewhere.name).to.equal('AccessDenied')
  })
})

import { expect } from 'chai'
import { randomIds } from '../base/ids.ts'
import { explicitName, isNamedBy, physicalName } from './names.ts'

const ids = randomIds()

describe('physicalName', () => {
  it('is the logical ID in the stack local', () => {
    expect(physicalName('local', 'Images', 'AWS::DynamoDB::Table', ids, [])).to.equal('Images')
    expect(physicalName('local', 'Pictures', 'AWS::S3::Bucket', ids, [])).to.equal('pictures')
  })

  it('is another one in the stack local for what replaces a resource', () => {
    expect(physicalName('local', 'Images', 'AWS::DynamoDB::Table', ids, ['Images'])).to.match(/^Images-[A-Z0-9]{12}$/)
    expect(physicalName('local', 'Pictures', 'AWS::S3::Bucket', ids, ['pictures'])).to.match(/^pictures-[a-z0-9]{12}$/)
  })

  it('is the logical ID again once that is free', () => {
    expect(physicalName('local', 'Images', 'AWS::DynamoDB::Table', ids, ['Images-ABCDEFGHIJKL'])).to.equal('Images')
    expect(physicalName('local', 'News', 'AWS::SNS::Topic', ids, ['arn:aws:sns:us-east-1:123456789012:News'])).to.match(
      /^News-[A-Z0-9]{12}$/,
    )
  })

  it('is stack, logical ID and a random part elsewhere', () => {
    const [one, other] = [1, 2].map(() => physicalName('chapter-05', 'Images', 'AWS::DynamoDB::Table', ids, []))

    expect(one).to.match(/^chapter-05-Images-[A-Z0-9]{12}$/)
    expect(other).not.to.equal(one)
    expect(physicalName('Chapter-05', 'Pictures', 'AWS::S3::Bucket', ids, [])).to.match(
      /^chapter-05-pictures-[a-z0-9]{12}$/,
    )
  })

  for (const [type, longest] of [
    ['AWS::S3::Bucket', 63],
    ['AWS::Lambda::Function', 64],
    ['AWS::IAM::Role', 64],
    ['AWS::SQS::Queue', 80],
    ['AWS::IAM::ManagedPolicy', 128],
    ['AWS::DynamoDB::Table', 255],
  ] as const)
    it(`of ${type} has ${longest} characters at most`, () => {
      const stack = 's'.repeat(128)
      const logicalId = 'L'.repeat(255)

      for (const [s, l] of [
        [stack, logicalId],
        ['s', logicalId],
        [stack, 'L'],
      ] as const) {
        const name = physicalName(s, l, type, ids, [])
        expect(name).to.match(/^s+-[Ll]+-[A-Za-z0-9]{12}$/)
        expect(name.length).to.be.at.most(longest)
      }
      expect(physicalName(stack, logicalId, type, ids, [])).to.have.length(longest)
      expect(physicalName('local', logicalId, type, ids, [])).to.have.length(longest)
      expect(
        physicalName('local', logicalId, type, ids, [
          logicalId.slice(0, longest),
          logicalId.slice(0, longest).toLowerCase(),
        ]),
      ).to.have.length(longest)
    })
})

describe('explicitName', () => {
  it('is what the property says that names the type', () => {
    expect(explicitName('AWS::S3::Bucket', ['BucketName', 'Tags'], { BucketName: 'b' })).to.equal('b')
    expect(explicitName('AWS::Events::Rule', ['Name'], { Name: 'r' })).to.equal('r')
    expect(explicitName('AWS::S3::Bucket', ['BucketName'], {})).to.equal(undefined)
    expect(explicitName('AWS::Lambda::Permission', ['FunctionName'], { FunctionName: 'f' })).to.equal(undefined)
  })

  it('names a resource as such or at the end of an ARN or URL', () => {
    expect(isNamedBy('b', 'b')).to.equal(true)
    expect(isNamedBy('arn:aws:sns:us-east-1:123456789012:b', 'b')).to.equal(true)
    expect(isNamedBy('https://sqs/123456789012/b', 'b')).to.equal(true)
    expect(isNamedBy('ab', 'b')).to.equal(false)
    expect(isNamedBy('b', undefined)).to.equal(false)
  })
})

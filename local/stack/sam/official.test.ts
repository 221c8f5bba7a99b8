import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'chai'
import { pythonTools } from '../../../tests/tools/python.ts'
import { resolveParameters } from '../parameters.ts'
import { createSource, type Dict, isDict } from '../source.ts'
import { readTemplate } from '../template.ts'
import { transformSam } from './transform.ts'

interface Official {
  Resources: Record<string, Dict>
  Conditions: Dict
}

const fixtures = join(import.meta.dirname, '..', 'fixtures')
const templates = [
  ...globSync('*.yaml', { cwd: fixtures })
    .sort()
    .map((name) => join(fixtures, name)),
  join(import.meta.dirname, '..', '..', '..', 'template.yaml'),
]

const ours = (file: string): Official => {
  const source = createSource(file)
  // A layer is named after a hash over where its content lies: it must be the same place for both.
  const text = readFileSync(file, 'utf8').replace(/ContentUri: (?!s3:\/\/)\S+/g, 'ContentUri: s3://code/local')
  const template = readTemplate(text, source)
  const { values } = resolveParameters(template, {})
  const pseudo = { 'AWS::Region': 'us-east-1' }
  const { resources, conditions } = transformSam(template, {
    folder: fixtures,
    partition: 'aws',
    values: { ...pseudo, ...values },
  })
  return JSON.parse(JSON.stringify({ Resources: resources, Conditions: conditions }))
}

/** Local code stands as S3's for the official translator; the order of DependsOn is chance there. */
const comparable = (resource: Dict): Dict => {
  const { Metadata: _, DependsOn: on, Properties: properties, ...rest } = resource
  const code = isDict(properties) ? properties.Code : undefined
  const uploaded = isDict(code) && 'SourceFolder' in code ? { Code: { S3Bucket: 'code', S3Key: 'local' } } : {}
  return {
    ...rest,
    ...(on === undefined ? {} : { DependsOn: [on].flat().toSorted() }),
    ...(isDict(properties) && Object.keys(properties).length ? { Properties: { ...properties, ...uploaded } } : {}),
  }
}

/** A deployment of an API is named after the hash of the definition as Python prints it; here it is that of its JSON. */
const withoutHashes = (official: Official): Official =>
  JSON.parse(
    JSON.stringify(official)
      .replace(/"(\w+Deployment)[0-9a-f]{10}"/g, '"$1"')
      .replace(/(RestApi deployment id: )[0-9a-f]{40}/g, '$1'),
  )

/** A value's JSON, the members of its maps by name. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    isDict(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => a.localeCompare(b))) : one,
  )

/** By its JSON: the order of a condition's parts is chance in the official translator, and means nothing. */
const ordered = (values: unknown[]) => values.toSorted((a, b) => jsonOf(a).localeCompare(jsonOf(b)))

/**
 * The resources of a statement and the statements of an API's policy in order: their own is chance in the official
 * translator, and means nothing.
 */
const withoutOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutOrder)
  if (!isDict(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      (name === 'Resource' || name === 'Statement') && Array.isArray(one)
        ? ordered(one.map(withoutOrder))
        : withoutOrder(one),
    ]),
  )
}

/** The official translator wraps the parts of an Fn::And twice, which CloudFormation itself does not take. */
const unwrapped = (value: unknown): unknown => {
  if (Array.isArray(value)) return ordered(value.map(unwrapped))
  if (!isDict(value)) return value
  if (isDict(value.Condition)) return value.Condition
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unwrapped(one)]))
}

/** What SAM's schema has, and the official translator itself refuses: a template of each, and what it says. */
const REFUSED: Record<string, { template: Dict; message: string }> = {
  'aws_serverless_api__Globals.DefinitionUri': {
    template: {
      Globals: { Api: { DefinitionUri: 's3://code/api.json' } },
      Resources: { Api: { Type: 'AWS::Serverless::Api', Properties: { StageName: 'live' } } },
    },
    message: "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
  },
  'aws_serverless_webfunction__Properties.InlineCode': {
    template: {
      Resources: {
        Web: {
          Type: 'AWS::Serverless::WebFunction',
          Properties: { Runtime: 'nodejs24.x', AuthType: 'IamAuth', InlineCode: 'export const handler = 1' },
        },
      },
    },
    message: "'InlineCode' is not yet supported for 'AWS::Serverless::WebFunction'. Please use 'CodeUri' instead.",
  },
  'aws_serverless_websocketapi__Domain.MutualTlsAuthentication': {
    template: {
      Resources: {
        Sockets: {
          Type: 'AWS::Serverless::WebSocketApi',
          Properties: {
            RouteSelectionExpression: '$request.body.action',
            Routes: { $connect: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:called' } },
            Domain: {
              DomainName: 'sockets.example.com',
              CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/a',
              MutualTlsAuthentication: { TruststoreUri: 's3://trust/store.pem' },
            },
          },
        },
      },
    },
    message: 'Mutual TLS domain name association is not supported for Websocket APIs.',
  },
}

describe('transformSam, against the official translator', () => {
  const bin = pythonTools()
  const official = new Map<string, Official>()

  const asked = (program: string, files: string[]) =>
    JSON.parse(
      execFileSync(join(bin ?? '', 'python'), [join(fixtures, program), ...files], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )

  before(function () {
    if (!bin) return this.skip()
    this.timeout(60_000)
    for (const [index, one] of (asked('translate.py', templates) as Official[]).entries())
      official.set(templates[index] as string, one)
  })

  it('has templates that use every event type and property that SAM has', function () {
    this.timeout(60_000)

    const { unused, all } = asked('uses.py', templates) as { unused: string[]; all: number }

    expect(templates.length).to.be.at.least(40)
    expect(all).to.be.above(600)
    expect(unused).to.deep.equal(Object.keys(REFUSED))
  })

  for (const [property, { template, message }] of Object.entries(REFUSED))
    it(`refuses ${property} as the official translator does`, function () {
      this.timeout(60_000)
      const folder = mkdtempSync(join(tmpdir(), 'sam-refused-'))
      const file = join(folder, 'template.yaml')
      writeFileSync(file, JSON.stringify({ Transform: 'AWS::Serverless-2016-10-31', ...template }))
      try {
        const [{ errors }] = asked('translate.py', [file])

        expect(errors.join()).to.contain(message)
        expect(() => ours(file)).to.throw(message)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

  for (const file of templates)
    it(`makes the same resources of ${basename(file)}`, () => {
      const expected = withoutHashes(official.get(file) as Official)

      const { Resources: resources, Conditions: conditions } = withoutHashes(ours(file))

      expect(Object.keys(resources)).to.have.members(Object.keys(expected.Resources))
      for (const [id, resource] of Object.entries(expected.Resources))
        expect(withoutOrder(comparable(resources[id] as Dict)), id).to.deep.equal(withoutOrder(comparable(resource)))
      expect(unwrapped(conditions)).to.deep.equal(unwrapped(expected.Conditions))
    })
})

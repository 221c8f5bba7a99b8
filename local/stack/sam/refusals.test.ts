import { expect } from 'chai'
import { createSource } from '../source.ts'
import { readTemplate } from '../template.ts'
import { transformSam } from './transform.ts'

/** One resource `R` of a type, its properties in YAML's flow style. */
const one = (type: string, properties: string) =>
  `Transform: AWS::Serverless-2016-10-31\nResources:\n  R: {Type: AWS::Serverless::${type}, Properties: {${properties}}}`
const api = (domain: string) => one('Api', `StageName: a, Domain: {${domain}}`)
const http = (domain: string) => one('HttpApi', `Domain: {${domain}}`)
const NAMED = 'DomainName: a.example.com, CertificateArn: arn'
const graph = (more: string) => one('GraphQLApi', `SchemaUri: s3://b/k, Auth: {Type: AWS_IAM}, ${more}`)
const sockets = (more: string, routes = '$connect: {FunctionArn: arn}') =>
  one('WebSocketApi', `RouteSelectionExpression: a, Routes: {${routes}}, ${more}`)
const web = (more: string) => one('WebFunction', `Runtime: nodejs24.x, CodeUri: s3://b/k, ${more}`)
const machine = (event: string) =>
  one('StateMachine', `DefinitionUri: s3://b/k, Events: {E: {Type: Api, Properties: {${event}}}}`)

const CASES: [what: string, template: string, message: string][] = [
  ['a domain without its name', api('CertificateArn: arn'), "Property 'Domain.DomainName' is required."],
  ['a domain without a certificate', api('DomainName: a'), "Property 'Domain.CertificateArn' is required."],
  [
    'a domain somewhere else',
    api(`${NAMED}, EndpointConfiguration: NOWHERE`),
    "EndpointConfiguration for Custom Domains must be one of ['EDGE', 'REGIONAL', 'PRIVATE'].",
  ],
  [
    'a strange truststore',
    api(`${NAMED}, MutualTlsAuthentication: {Uri: a}`),
    "Available Domain.MutualTlsAuthentication fields are ['TruststoreUri', 'TruststoreVersion'].",
  ],
  ['a path that is a number', api(`${NAMED}, BasePath: [1]`), "'Domain.BasePath' should be a list of strings."],
  [
    'records without a zone',
    api(`${NAMED}, Route53: {IpV6: true}`),
    'HostedZoneId or HostedZoneName is required to enable Route53 support on Custom Domains.',
  ],
  [
    'half a domain of an HTTP API',
    http('DomainName: a'),
    'Custom Domains only works if both DomainName and CertificateArn are provided.',
  ],
  ['a strange path of an HTTP API', http(`${NAMED}, BasePath: a b`), 'Invalid Basepath name provided.'],
  [
    'a domain of an HTTP API at the edge',
    http(`${NAMED}, EndpointConfiguration: EDGE`),
    "EndpointConfiguration for Custom Domains must be one of ['REGIONAL'].",
  ],
  [
    'a state machine started by an API that is not there',
    machine('Path: /a, Method: get, RestApiId: Nobody'),
    "RestApiId must be a valid reference to an 'AWS::Serverless::Api' resource in same template.",
  ],
  ['a state machine started by half a method', machine('Path: /a'), "Missing required property 'Method'."],
  [
    'a state machine with an authorizer that is not there',
    machine('Path: /a, Method: get, Auth: {Authorizer: Nobody}'),
    'because the related API does not define any Authorizers.',
  ],
  [
    'a GraphQL API without a schema',
    one('GraphQLApi', 'Auth: {Type: AWS_IAM}'),
    "One of 'SchemaInline' or 'SchemaUri'",
  ],
  ['a GraphQL API for nobody', one('GraphQLApi', 'SchemaUri: a'), "Property 'Auth' is required, and should be a map."],
  [
    'an unknown authorizer',
    one('GraphQLApi', 'SchemaUri: a, Auth: {Type: NOBODY}'),
    "'Auth.Type' must be one of AWS_LAMBDA, OPENID_CONNECT, AMAZON_COGNITO_USER_POOLS, AWS_IAM, API_KEY.",
  ],
  [
    'half an authorizer',
    one('GraphQLApi', 'SchemaUri: a, Auth: {Type: AWS_LAMBDA}'),
    "'LambdaAuthorizer' must be defined if type is 'AWS_LAMBDA'.",
  ],
  [
    'a function of no data source',
    graph('Functions: {F: {InlineCode: a, DataSource: Nobody, Runtime: {Name: a, Version: b}}}'),
    "Either define DataSource 'Nobody' in 'DataSources'",
  ],
  [
    'a function without code',
    graph('Functions: {F: {DataSource: NONE}}'),
    "One of 'InlineCode' or 'CodeUri' must be set.",
  ],
  ['a resolver without a pipeline', graph('Resolvers: {Query: {A: {}}}'), "Resolver 'A' must have Pipeline defined."],
  [
    'a resolver of no function',
    graph('Resolvers: {Query: {A: {Pipeline: [Nobody]}}}'),
    "Function 'Nobody' does not exist.",
  ],
  ['a strange member', graph('Cache: {Size: 1}'), "'Cache.Size' is not a valid property."],
  ['no route', sockets('Name: a', ''), 'WebSocket API must have at least one route.'],
  ['a route to nobody', sockets('Name: a', 'a: {}'), 'Route must have associated function.'],
  ['a strange route', sockets('Name: a', 'a-b: {FunctionArn: arn}'), "Route key 'a-b' must be alphanumeric."],
  ['the default stage', sockets('StageName: $default'), 'Stages cannot be named $default for WebSocket APIs.'],
  [
    'who may connect where nobody does',
    sockets('Auth: {AuthType: AWS_IAM}', 'a: {FunctionArn: arn}'),
    'Authorization is only available if there is a $connect route.',
  ],
  ['an authorizer that is nobody', sockets('Auth: {AuthType: CUSTOM}'), 'AuthArn must be specified'],
  ['an address of another kind', sockets('IpAddressType: ipv5'), "IpAddressType must be 'ipv4' or 'dualstack'."],
  ['a capacity without a network', one('CapacityProvider', 'KmsKeyArn: a'), "Missing required property 'VpcConfig'."],
  [
    'types of instances that are in and out',
    one(
      'CapacityProvider',
      'VpcConfig: {SubnetIds: [a]}, InstanceRequirements: {AllowedTypes: [a], ExcludedTypes: [b]}',
    ),
    'exclude each other.',
  ],
  [
    'a way for two kinds of computers',
    one(
      'NetworkConnector',
      'VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b], NetworkProtocol: IPv4}, ComputeTypes: [MicroVm, WebFunction]',
    ),
    "'ComputeTypes' must contain exactly one value, got 2.",
  ],
  ['half a way', one('NetworkConnector', 'VpcConfig: {SubnetIds: [a]}'), "'VpcConfig.SecurityGroupIds' is required."],
  ['an image without code', one('MicrovmImage', 'Name: a'), "Missing required property 'CodeUri'."],
  [
    'an image in no bucket',
    one('MicrovmImage', 'Name: a, CodeUri: "s3:///k", BaseImageArn: b, BaseImageVersion: c'),
    'CodeUri must be a valid S3 URI with a bucket name',
  ],
  ['a web function for nobody', web('Timeout: 5'), "'AuthType' is required."],
  [
    'a web function in a hurry',
    web('AuthType: IamAuth, Timeout: 2'),
    "'Timeout' must be an integer between 3 and 900.",
  ],
  [
    'weights beside the latest revision',
    web('AuthType: IamAuth, RevisionWeights: {a: 100}'),
    "'RevisionWeights' cannot be specified when 'AutoDeploymentMode' is 'LatestRevision'.",
  ],
  [
    'weights that are not all',
    web('AuthType: IamAuth, AutoDeploymentMode: Disabled, RevisionWeights: {a: 10, b: 20}'),
    "'RevisionWeights' values must sum to 100, got 30.",
  ],
  ['an unknown region', web('AuthType: IamAuth, ReplicaRegions: [MOON]'), "Unknown region key or code: 'MOON'."],
  [
    'regions without any',
    web('AuthType: IamAuth, ReplicaRegions: {ExcludeRegions: [EU]}'),
    "'ExcludeRegions' requires 'IncludeRegions' to also be specified in 'ReplicaRegions'.",
  ],
  [
    'a connector without its version',
    web('AuthType: IamAuth, EgressNetworkConnectorArn: "arn:aws:lambda:us-east-1:1:network-connector:a"'),
    "'EgressNetworkConnectorArn' must be a version-qualified network-connector ARN",
  ],
]

describe('the transform of SAM refuses', () => {
  for (const [what, text, message] of CASES)
    it(what, () => {
      const template = readTemplate(text, createSource('template.yaml'))

      expect(() => transformSam(template, { folder: '/', partition: 'aws', values: {} })).to.throw(message)
    })
})

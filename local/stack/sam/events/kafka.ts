import { type Dict, isDict } from '../../source.ts'
import { isIntrinsic, type SamContext } from '../types.ts'
import { account, decrypt, NETWORK, secret } from './access.ts'
import { polled } from './mapping.ts'
import type { SamEvent } from './types.ts'

/** The consumer group and the schema registry, under the member that the kind of cluster has for them. */
export const kafkaConfig = ({ properties }: SamEvent, member: string): Dict => {
  const { ConsumerGroupId, SchemaRegistryConfig } = properties
  const config = {
    ...(ConsumerGroupId ? { ConsumerGroupId } : {}),
    ...(SchemaRegistryConfig ? { SchemaRegistryConfig } : {}),
  }
  return Object.keys(config).length ? { [member]: config } : {}
}

/** The name in `arn:aws:glue:us-east-1:123456789012:registry/name`. */
const registryName = (uri: string): string | undefined => {
  if (!uri.startsWith('arn')) return undefined
  const part = uri.split(':')[5]
  return part?.startsWith('registry/') ? part.slice('registry/'.length) : undefined
}

/** What a function needs to look up the schemas of its events. */
export const registryStatements = ({ properties, refuse }: SamEvent, context: SamContext): Dict[] => {
  const registry = properties.SchemaRegistryConfig
  if (!registry) return []
  const spot = [properties, 'SchemaRegistryConfig'] as const
  if (!isDict(registry)) throw refuse("'SchemaRegistryConfig' should be a map.", spot)
  for (const field of ['SchemaRegistryURI', 'EventRecordFormat', 'SchemaValidationConfigs'])
    if (!(field in registry)) throw refuse(`Missing required field ${field} in SchemaRegistryConfig`, spot)
  if (registry.EventRecordFormat !== 'JSON' && registry.EventRecordFormat !== 'SOURCE')
    throw refuse("EventRecordFormat in SchemaRegistryConfig must be either 'JSON' or 'SOURCE'", spot)
  if (!Array.isArray(registry.SchemaValidationConfigs))
    throw refuse('SchemaValidationConfigs must be a list', [registry, 'SchemaValidationConfigs'])
  const access = registry.AccessConfigs ?? []
  if (!Array.isArray(access))
    throw refuse('AccessConfigs in SchemaRegistryConfig must be a list', [registry, 'AccessConfigs'])
  if (access.some((one) => !isDict(one) || !('Type' in one) || !('URI' in one)))
    throw refuse("Each AccessConfig must be a dict with 'Type' and 'URI' fields", [registry, 'AccessConfigs'])
  const uri = registry.SchemaRegistryURI
  const text = isDict(uri) ? uri['Fn::Sub'] : context.parameter(uri)
  const name = typeof text === 'string' ? registryName(text) : undefined
  return [
    ...access.map(({ URI }) => secret(URI)),
    ...(name
      ? [
          { Action: ['glue:GetRegistry'], Effect: 'Allow', Resource: uri },
          { Action: ['glue:GetSchemaVersion'], Effect: 'Allow', Resource: [account('glue', `schema/${name}/*`)] },
        ]
      : []),
  ]
}

const AUTHENTICATION = new Set([
  'SASL_SCRAM_256_AUTH',
  'SASL_SCRAM_512_AUTH',
  'BASIC_AUTH',
  'CLIENT_CERTIFICATE_TLS_AUTH',
  'OAUTHBEARER_AUTH',
  'IAM_AUTH',
  'IAM_OAUTHBEARER_AUTH',
])
/** They have no secret. */
const BY_ROLE = new Set(['IAM_AUTH', 'IAM_OAUTHBEARER_AUTH'])
const OTHERS = new Set([
  'OAUTHBEARER_SCOPE',
  'OAUTHBEARER_AUDIENCE',
  'OAUTHBEARER_LOGICAL_CLUSTER',
  'OAUTHBEARER_IDENTITY_POOL',
])

/** The secrets that a cluster of one's own is reached with, and whether it stands in a VPC. */
const accessOf = ({ properties, refuse }: SamEvent): { secrets: unknown[]; inVpc: boolean } => {
  const configurations = properties.SourceAccessConfigurations
  const spot = [properties, 'SourceAccessConfigurations'] as const
  if (!configurations) throw refuse('No SourceAccessConfigurations for self managed kafka event provided.')
  if (!Array.isArray(configurations))
    throw refuse('SourceAccessConfigurations for self managed kafka event should be a list.', spot)
  const seen = new Set<string>()
  let authentication: unknown
  let certificate: unknown
  for (const one of configurations) {
    if (!isDict(one)) throw refuse("'SourceAccessConfigurations' should be a list of maps.", spot)
    const type = String(one.Type)
    const known = AUTHENTICATION.has(type) || OTHERS.has(type)
    if (!known && !['VPC_SUBNET', 'VPC_SECURITY_GROUP', 'SERVER_ROOT_CA_CERTIFICATE'].includes(type))
      throw refuse('Invalid SourceAccessConfigurations Type provided for self managed kafka event.', [one, 'Type'])
    const called = AUTHENTICATION.has(type) ? 'auth mechanism' : type
    if (called === 'auth mechanism' && seen.has(called))
      throw refuse(
        'Multiple auth mechanism properties specified in SourceAccessConfigurations for self managed kafka event.',
        spot,
      )
    seen.add(called)
    if (BY_ROLE.has(type)) continue
    if (!one.URI)
      throw refuse(
        `No ${called} URI property specified in SourceAccessConfigurations for self managed kafka event.`,
        one,
      )
    if (typeof one.URI !== 'string' && !isIntrinsic(one.URI))
      throw refuse(
        `Wrong Type for ${called} URI property specified in SourceAccessConfigurations for self managed kafka event.`,
        [one, 'URI'],
      )
    if (called === 'auth mechanism') authentication = one.URI
    if (type === 'SERVER_ROOT_CA_CERTIFICATE') certificate = one.URI
  }
  if (seen.has('VPC_SUBNET') !== seen.has('VPC_SECURITY_GROUP'))
    throw refuse(
      'VPC_SUBNET and VPC_SECURITY_GROUP in SourceAccessConfigurations for SelfManagedKafka must be both provided.',
      spot,
    )
  return { secrets: [authentication, certificate].filter(Boolean), inVpc: seen.has('VPC_SUBNET') }
}

/** A Kafka cluster of one's own. */
export const selfManagedKafka = polled({
  type: 'SelfManagedKafka',
  properties: ['KafkaBootstrapServers', 'ConsumerGroupId', 'SchemaRegistryConfig', 'SecretsManagerKmsKeyId'],
  config: (event) => ({
    SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: event.properties.KafkaBootstrapServers } },
    ...kafkaConfig(event, 'SelfManagedKafkaEventSourceConfig'),
  }),
  policies(event, _id, context) {
    const { KafkaBootstrapServers, Topics } = event.properties
    if (!KafkaBootstrapServers)
      throw event.refuse('No KafkaBootstrapServers provided for self managed kafka as an event source')
    if (!Array.isArray(Topics)) throw event.refuse('No Topics provided for self managed kafka as an event source')
    if (Topics.length !== 1)
      throw event.refuse('Topics for self managed kafka only supports single configuration entry.', [
        event.properties,
        'Topics',
      ])
    const { secrets, inVpc } = accessOf(event)
    const Statement = [
      ...secrets.map(secret),
      ...(inVpc ? [NETWORK] : []),
      ...decrypt(event),
      ...registryStatements(event, context),
    ]
    if (Statement.length === 0) return []
    return [{ PolicyDocument: { Statement, Version: '2012-10-17' }, PolicyName: 'SelfManagedKafkaExecutionRolePolicy' }]
  },
})

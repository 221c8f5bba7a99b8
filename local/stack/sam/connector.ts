import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry, Template } from '../template.ts'
import { type End, endOf, logicalIdOf } from './connectorEnds.ts'
import { type Access, type Ends, type Profile, profileOf } from './connectorProfiles.ts'
import { attributesOf, given, type SamContext, type SamResource, type SamType } from './types.ts'

/** AWS::Serverless::Connector: what one resource needs to reach others. It is made last, of what the others became. */
export const connector: SamType = {
  properties: ['Source', 'Destination', 'Permissions'],
  transform(resource, context) {
    const { id, properties, refuse } = resource
    const { Source: source, Destination: destination } = properties
    for (const name of ['Source', 'Destination', 'Permissions'])
      if (properties[name] === undefined) throw refuse(`Missing required property '${name}'.`)
    const destinations = [destination].flat()
    if (!isDict(source)) throw refuse("Property 'Source' should be a map.", [properties, 'Source'])
    if (destinations.length === 0) throw refuse("'Destination' is an empty list", [properties, 'Destination'])
    const made: Record<string, ResourceEntry> = {}
    for (const [index, one] of destinations.entries()) {
      if (!isDict(one)) throw refuse("Property 'Destination' should be a map.", [properties, 'Destination'])
      const suffix = Array.isArray(destination) ? `Destination${index}` : ''
      const to = endOf(one, source, context, refuse)
      const from = endOf(source, one, context, refuse)
      Object.assign(made, connected(resource, from, to, suffix, context))
    }
    for (const [dependent, entry] of Object.entries(context.resources)) {
      const on = [entry.DependsOn ?? []].flat()
      if (on.includes(id)) depend(dependent, [...on.filter((one) => one !== id), ...Object.keys(made)], context)
    }
    return made
  },
}

/** The permissions asked for, each once. @throws for what the profile does not have */
const accessOf = ({ properties, refuse }: SamResource, profile: Profile, from: End, to: End): Set<string> => {
  const asked = properties.Permissions
  const spot = [properties, 'Permissions'] as const
  if (!Array.isArray(asked)) throw refuse("Property 'Permissions' should be a list.", spot)
  const there = profile.kind === 'role' ? Object.keys(profile.access) : ['Write']
  if (asked.length === 0) throw refuse(`'Permissions' cannot be empty; valid values are: ${there.join(', ')}.`, spot)
  const wrong = `Unsupported 'Permissions' provided for connector from ${from.type} to ${to.type};`
  if (asked.some((one) => !there.includes(String(one))))
    throw refuse(`${wrong} valid values are: ${there.join(', ')}.`, spot)
  const permissions = new Set(asked.map(String))
  const combinations = profile.kind === 'role' ? profile.combinations : undefined
  const text = [...permissions].toSorted().join(' + ')
  if (combinations && !combinations.some((one) => one.join(' + ') === text))
    throw refuse(`${wrong} valid combinations are: ${combinations.map((one) => one.join(' + ')).join(', ')}.`, spot)
  return permissions
}

const connected = (
  resource: SamResource,
  from: End,
  to: End,
  suffix: string,
  context: SamContext,
): Record<string, ResourceEntry> => {
  const { id, entry, refuse } = resource
  const profile = profileOf(from.type, to.type)
  if (!profile)
    throw refuse(
      `Unable to create connector from ${from.type} to ${to.type}; it's not supported or the template is invalid.`,
    )
  const access = accessOf(resource, profile, from, to)
  const attributes = attributesOf(entry)
  const made = (Type: string, Properties: Dict): ResourceEntry => ({ ...attributes, Type, Properties })
  const fill = (text: Ends) => filled(text, from, to, refuse)
  const need = (value: unknown, what: string, end: 'Source' | 'Destination') => {
    if (!value) throw refuse(`Unable to get ${what} from '${end}' resource.`)
    return value
  }
  if (profile.kind === 'permission') {
    const properties = given({
      Action: 'lambda:InvokeFunction',
      FunctionName: need(to.arn, 'Lambda function ARN', 'Destination'),
      Principal: profile.principal,
      SourceArn: fill(profile.source),
      SourceAccount: profile.account && fill(profile.account),
    })
    return { [`${id}WriteLambdaPermission${suffix}`]: made('AWS::Lambda::Permission', properties) }
  }
  if (profile.kind !== 'role') {
    const PolicyDocument = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: profile.principal },
          Resource: fill('<Destination.Arn>'),
          Action: profile.action,
          Condition: { ArnEquals: { 'aws:SourceArn': fill('<Source.Arn>') } },
        },
      ],
    }
    if (profile.kind === 'topic') {
      const Topics = [need(to.arn, 'SNS topic ARN', 'Destination')]
      return { [`${id}TopicPolicy${suffix}`]: made('AWS::SNS::TopicPolicy', { Topics, PolicyDocument }) }
    }
    const Queues = [need(to.queueUrl, 'SQS queue URL', 'Destination')]
    return { [`${id}QueuePolicy${suffix}`]: made('AWS::SQS::QueuePolicy', { Queues, PolicyDocument }) }
  }
  const [end, role] = profile.of === 'source' ? (['Source', from] as const) : (['Destination', to] as const)
  const policyId = `${id}Policy${suffix}`
  const Statement = Object.entries(profile.access)
    .filter(([name]) => access.has(name as Access))
    .flatMap(([, statements]) => statements)
    .map(([Action, on]) => ({ Effect: 'Allow', Action, Resource: on.map(fill) }))
  orderAfter(profile.awaitedBy, policyId, from, to, context)
  return {
    [policyId]: made('AWS::IAM::ManagedPolicy', {
      PolicyDocument: { Version: '2012-10-17', Statement },
      Roles: [need(role.roleName, 'IAM role name', end)],
    }),
  }
}

/** What must not be made before the policy: the source, or the only mapping of the source to the function. */
const orderAfter = (
  by: 'source' | 'mapping' | undefined,
  policyId: string,
  from: End,
  to: End,
  context: SamContext,
) => {
  const { resources } = context
  const waits = (id: string) => depend(id, [...[resources[id]?.DependsOn ?? []].flat(), policyId], context)
  if (by === 'source' && from.id) waits(from.id)
  if (by !== 'mapping' || !from.id || !to.id) return
  const mappings = Object.entries(resources).filter(
    ([, { Type, Properties = {} }]) =>
      Type === 'AWS::Lambda::EventSourceMapping' &&
      logicalIdOf(Properties.FunctionName) === to.id &&
      logicalIdOf(Properties.EventSourceArn) === from.id,
  )
  if (mappings.length === 1 && mappings[0]) waits(mappings[0][0])
}

const depend = (id: string, on: string[], { resources, source }: SamContext) => {
  const entry = resources[id]
  if (entry) resources[id] = source.carry(entry, { ...entry, DependsOn: [...new Set(on)] })
}

const PARTS: Record<string, keyof End | undefined> = {
  Arn: 'arn',
  ResourceId: 'resourceId',
  Name: 'name',
  Qualifier: 'qualifier',
}

/** A text with what the two ends are: the value itself where the text is nothing else, or an Fn::Sub. */
const filled = (text: Ends, from: End, to: End, refuse: SamResource['refuse']): unknown => {
  const values: Dict = {}
  const partOf = (end: string, part: string) => {
    const value = (end === 'Source' ? from : to)[PARTS[part] ?? 'arn']
    if (value === undefined || value === null) throw refuse(`${end}.${part} is missing.`)
    return value
  }
  const whole = /^<(\w+)\.(\w+)>$/.exec(text)
  if (whole) return partOf(whole[1] ?? '', whole[2] ?? '')
  const sub = text.replace(/<(\w+)\.(\w+)>/g, (_, end: string, part: string) => {
    values[`${end}${part}`] = partOf(end, part)
    return `\${${end}${part}}`
  })
  return Object.keys(values).length ? { 'Fn::Sub': [sub, values] } : { 'Fn::Sub': sub }
}

/** A template in which each connector that stands in the attribute `Connectors` of a resource is a resource of its own. */
export const withConnectors = (template: Template): Template => {
  const { source } = template
  const resources: Record<string, ResourceEntry> = {}
  for (const [id, entry] of Object.entries(template.resources)) {
    const { Connectors: connectors, ...rest } = entry
    resources[id] = connectors === undefined ? entry : source.carry(entry, rest)
    if (connectors === undefined) continue
    if (!isDict(connectors)) throw source.mistake(`${id}.Connectors should be a map.`, [entry, 'Connectors'])
    for (const [name, one] of Object.entries(connectors)) {
      const properties = isDict(one) ? one.Properties : undefined
      if (!isDict(one) || !isDict(properties))
        throw source.mistake(`Connectors.${name}.Properties should be a map.`, [connectors, name])
      const { SourceReference: reference, ...own } = properties
      if (reference !== undefined && (!isDict(reference) || 'Id' in reference))
        throw source.mistake("'Id' shouldn't be defined in 'SourceReference'.", [properties, 'SourceReference'])
      const Source = { Id: id, ...(isDict(reference) ? reference : {}) }
      resources[`${id}${name}`] = source.carry(one, {
        ...one,
        Type: 'AWS::Serverless::Connector',
        Properties: source.carry(properties, { ...own, Source }),
      })
    }
  }
  return { ...template, resources }
}

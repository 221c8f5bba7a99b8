import { createHash } from 'node:crypto'
import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import type { Invoked } from './events/types.ts'
import { getAtt, given, inherited, isIntrinsic, ref, type SamContext, type SamResource } from './types.ts'

/** The version and the alias that a function publishes. */
export interface Published {
  versionId: string
  aliasId: string
  name: string
  alias: ResourceEntry
  resources: Record<string, ResourceEntry>
  /** Stands at the end of the function's description, so that new code changes the function. */
  sha256: string | undefined
}

const ALIAS = /^(?!^[0-9]+$)([a-zA-Z0-9\-_]+)$/

/** As Python's json.dumps writes it with sorted keys: the hash of a version's logical ID is made of that. */
const dumped = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(dumped).join(',')}]`
  if (isDict(value))
    return `{${Object.keys(value)
      .sort()
      .map((key) => `${dumped(key)}:${dumped(value[key])}`)
      .join(',')}}`
  return JSON.stringify(value ?? null).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The ten characters that SAM puts after a logical ID that is to change with some data. */
export const dataHash = (data: unknown): string =>
  createHash('sha1')
    .update(typeof data === 'string' ? data : dumped(data))
    .digest('hex')
    .slice(0, 10)

/** A value with the parameters in it resolved, at any depth. */
export const resolved = (value: unknown, context: SamContext): unknown => {
  const known = context.parameter(value)
  if (Array.isArray(known)) return known.map((one) => resolved(one, context))
  if (!isDict(known)) return known
  const text = known['Fn::Sub']
  if (typeof text === 'string') return { 'Fn::Sub': filled(text, context) }
  return Object.fromEntries(Object.entries(known).map(([name, one]) => [name, resolved(one, context)]))
}

/** A text for Fn::Sub with the parameters in it resolved. */
const filled = (text: string, { parameter }: SamContext): string =>
  text.replace(/\$\{([\w:]+)\}/g, (whole, Ref) => {
    const value = parameter({ Ref })
    return typeof value === 'string' ? value : whole
  })

/** What a version's logical ID changes with: the code and what else decides how it runs, or all properties. */
const decisive = (lambda: Dict, { properties }: SamResource, context: SamContext): Dict => {
  const { Environment, MemorySize, SnapStart, Layers } = lambda
  if (properties.AutoPublishAliasAllProperties !== true) {
    const snapshots = isDict(SnapStart) && (SnapStart.ApplyOn ?? 'None') !== 'None'
    return {
      ...(lambda.Code as Dict),
      ...(isDict(Environment) ? Environment : {}),
      ...(MemorySize ? { MemorySize } : {}),
      ...(snapshots ? { SnapStart } : {}),
    }
  }
  const layers = (Array.isArray(Layers) ? Layers : []).flatMap((layer) => {
    const id = isDict(layer) ? layer.Ref : undefined
    const properties = typeof id === 'string' ? context.resources[id]?.Properties : undefined
    return properties?.PublishLambdaVersion ? [[id, properties]] : []
  })
  return { ...lambda, ...Object.fromEntries(layers) }
}

const nameOf = ({ properties, refuse }: SamResource, { parameter }: SamContext): string => {
  const name = parameter(properties.AutoPublishAlias)
  const spot = [properties, 'AutoPublishAlias'] as const
  if (typeof name !== 'string')
    throw refuse("'AutoPublishAlias' must be a string or a Ref to a template parameter", spot)
  if (!ALIAS.test(name))
    throw refuse(
      `AutoPublishAlias name ('${name}') must contain only alphanumeric characters, hyphens, or underscores matching (?!^[0-9]+$)([a-zA-Z0-9-_]+) pattern.`,
      spot,
    )
  return name
}

/**
 * The version and alias of `AutoPublishAlias`; undefined without it.
 * @param lambda the function's properties as CloudFormation gets them
 */
export const publishedOf = (lambda: Dict, resource: SamResource, context: SamContext): Published | undefined => {
  const { id, entry, properties, refuse } = resource
  if (!properties.AutoPublishAlias) {
    if (properties.ProvisionedConcurrencyConfig)
      throw refuse('To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the function', [
        properties,
        'ProvisionedConcurrencyConfig',
      ])
    return undefined
  }
  const name = nameOf(resource, context)
  const sha256 = properties.AutoPublishCodeSha256 ? context.parameter(properties.AutoPublishCodeSha256) : undefined
  if (sha256 !== undefined && typeof sha256 !== 'string')
    throw refuse('AutoPublishCodeSha256 must be a string', [properties, 'AutoPublishCodeSha256'])
  const description = described(lambda.Description, sha256, context)
  const whole = description === undefined ? lambda : { ...lambda, Description: description }
  const versionId = `${id}Version${sha256 ? sha256.slice(0, 10) : dataHash(decisive(whole, resource, context))}`
  const aliasId = `${id}Alias${name.replaceAll('-', 'D').replaceAll('_', 'U')}`
  const managed = properties.CapacityProviderConfig !== undefined
  const alias: ResourceEntry = {
    Type: 'AWS::Lambda::Alias',
    ...inherited(entry),
    Properties: given({
      Name: name,
      FunctionName: ref(id),
      FunctionVersion: getAtt(versionId, 'Version'),
      ProvisionedConcurrencyConfig: properties.ProvisionedConcurrencyConfig,
    }),
  }
  const version: ResourceEntry = {
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: String(properties.VersionDeletionPolicy ?? (managed ? 'Delete' : 'Retain')),
    ...inherited(entry),
    Properties: given({
      FunctionName: ref(id),
      Description: properties.VersionDescription,
      FunctionScalingConfig: managed ? properties.FunctionScalingConfig : undefined,
    }),
  }
  return { versionId, aliasId, name, alias, sha256, resources: { [versionId]: version, [aliasId]: alias } }
}

/** The function's description with the hash of its code at the end; undefined where there is no such hash. */
export const described = (given: unknown, sha256: string | undefined, { parameter }: SamContext): unknown => {
  if (sha256 === undefined) return undefined
  const description = parameter(given)
  if (isIntrinsic(description)) return { 'Fn::Join': [' ', [description, sha256]] }
  return description ? `${description} ${sha256}` : sha256
}

/** What events and URLs invoke: the alias where there is one, else the function. */
export const invokedOf = (id: string, published: Published | undefined): Invoked =>
  published
    ? { id: published.aliasId, name: ref(published.aliasId), arn: ref(published.aliasId) }
    : { id, name: ref(id), arn: getAtt(id, 'Arn') }

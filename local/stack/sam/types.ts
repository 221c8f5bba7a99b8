import type { Outside } from '../outside.ts'
import { type Dict, isDict, type Source, type Spot } from '../source.ts'
import type { ResourceEntry } from '../template.ts'

/** The resources of a template while they are transformed. */
export interface SamContext {
  readonly source: Source
  /** The template's folder: paths of code are relative to it. */
  readonly folder: string
  /** `aws`, `aws-cn`, `aws-us-gov` */
  readonly partition: string
  /** Nothing else is looked at: what was made of a template is kept until one of its answers changes. */
  readonly outside: Outside
  /** All resources by logical ID: an event may change the bucket that it hangs on. */
  readonly resources: Record<string, ResourceEntry>
  /** Conditions of the template, and those that the transform adds. */
  readonly conditions: Dict
  /** The deployments of the functions so far. */
  readonly deployments: Deployment[]
  /** The APIs, by logical ID, while events add to their definitions. */
  readonly apis: ReadonlyMap<string, ApiWork>
  readonly httpApis: ReadonlyMap<string, ApiWork>
  /** What SAM lets a template call parts of its own resources: `Api.Stage`, and the logical ID of that part. */
  readonly named: Map<string, string>
  /** Resolves references to parameters, as far as a value can be known before anything is there. */
  parameter(value: unknown): unknown
}

/** An API of the template while its definition is put together. */
export interface ApiWork {
  /** Its definition, where the template has one or SAM makes it; none when it lies in S3. */
  body: Dict | undefined
  /** Whether SAM writes the definition by itself, out of the events of functions. */
  readonly managed: boolean
  readonly properties: Dict
}

/** How CodeDeploy shifts the calls of one function to its new version. */
export interface Deployment {
  functionId: string
  preference: Dict
  /** The function's condition, where it counts for CodeDeploy's resources too. */
  condition: string | undefined
  tags: Dict | undefined
  refuse: SamResource['refuse']
}

/** One SAM resource while it is transformed. */
export interface SamResource {
  readonly id: string
  readonly entry: ResourceEntry
  /** Its properties, Globals merged. */
  readonly properties: Dict
  /** A mistake in SAM's words, at a spot, or else at the resource. */
  refuse(message: string, ...spots: Spot[]): Error
}

/** How one type of SAM becomes types of CloudFormation. */
export interface SamType {
  properties: readonly string[]
  transform(resource: SamResource, context: SamContext): Record<string, ResourceEntry>
}

export const ref = (name: string): Dict => ({ Ref: name })
export const getAtt = (name: string, attribute: string): Dict => ({ 'Fn::GetAtt': [name, attribute] })
export const chooseIf = (condition: string, yes: unknown, no: unknown): Dict => ({ 'Fn::If': [condition, yes, no] })
export const noValue = ref('AWS::NoValue')

export const isNoValue = (value: unknown): boolean => isDict(value) && value.Ref === 'AWS::NoValue'

/** The three arguments of an Fn::If. */
export const ifOf = (value: unknown, refuse: SamResource['refuse']): [string, unknown, unknown] | undefined => {
  if (!isDict(value) || !('Fn::If' in value)) return undefined
  const list = value['Fn::If']
  if (!Array.isArray(list) || list.length !== 3 || typeof list[0] !== 'string')
    throw refuse('Fn::If requires 3 arguments, the first the name of a condition.', value)
  return list as [string, unknown, unknown]
}

/** Whether a value is a function, and so is known only later. */
export const isIntrinsic = (value: unknown): boolean => {
  if (!isDict(value)) return false
  const [name, ...rest] = Object.keys(value)
  return rest.length === 0 && name !== undefined && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))
}

/** The members that have a value. */
export const given = (members: Dict): Dict =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null))

/** SAM's map of tags as CloudFormation's list. */
export const tagList = (tags: Dict): Dict[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value: Value ?? '' }))

/** What stays of the entry of a SAM resource when it becomes CloudFormation's: all but type and properties. */
export const attributesOf = ({
  Type: _,
  Properties: __,
  IgnoreGlobals: ___,
  ...attributes
}: ResourceEntry): Omit<ResourceEntry, 'Type' | 'Properties' | 'IgnoreGlobals'> => attributes

/** The trust policy of a role that a service takes on. */
export const trustIn = (service: string): Dict => ({
  Version: '2012-10-17',
  Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: [service] } }],
})

/** What generated resources take over from the SAM resource. */
export const inherited = ({ Condition, DeletionPolicy, UpdateReplacePolicy }: ResourceEntry): Partial<ResourceEntry> =>
  given({ Condition, DeletionPolicy, UpdateReplacePolicy })

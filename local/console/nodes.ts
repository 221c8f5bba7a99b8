import type { MapNode } from './types.ts'

/** A stack as the console looks at it. */
export interface ConsoleStack {
  name: string
  outputs: Record<string, { value: string; description?: string }>
  resources: readonly { logicalId: string; physicalId: string; type: string }[]
}

export const CLIENT: MapNode = { id: 'client', kind: 'client', name: 'You and your clients', physicalId: '' }

type Kind = Exclude<MapNode['kind'], 'client' | 'person'>

const KINDS: Record<string, Kind> = {
  'AWS::Lambda::Function': 'function',
  'AWS::S3::Bucket': 'bucket',
  'AWS::DynamoDB::Table': 'table',
  'AWS::Scheduler::Schedule': 'schedule',
  'AWS::Events::Rule': 'rule',
  'AWS::ApiGateway::RestApi': 'api',
  'AWS::ApiGatewayV2::Api': 'api',
  'AWS::SQS::Queue': 'queue',
  'AWS::SNS::Topic': 'topic',
  'AWS::Cognito::IdentityPool': 'pool',
}

/** What an ARN, or its beginning, is about: `arn:aws:s3:::pictures/images/*` is the bucket `pictures`. */
const aboutOf = (arn: string): [kind: Kind, name: string] | undefined => {
  const [, , service = '', , , ...rest] = arn.split(':')
  const [first = '', second = '', third = ''] = rest.join(':').split(/[:/]/)
  switch (service) {
    case 'lambda':
      return ['function', second]
    case 's3':
      return ['bucket', first]
    case 'dynamodb':
      return ['table', second]
    case 'scheduler':
      return ['schedule', third]
    case 'events':
      return ['rule', second]
    case 'execute-api':
      return ['api', first]
    case 'apigateway':
      return ['api', third]
    case 'sqs':
      return ['queue', first]
    case 'sns':
      return ['topic', first]
    case 'cognito-identity':
      // The id of a pool holds a colon.
      return ['pool', third]
  }
  return undefined
}

/** The resources of all stacks as nodes. */
export interface Nodes {
  /** By its ARN; one of no stack has its own name. Nothing for what is no kind of node. */
  ofArn(arn: string): MapNode | undefined
  byId(id: string): MapNode | undefined
  all(): MapNode[]
}

/** An identity of a pool: who it is where it has logged in. @param user its name there; @param known whether it ever was */
export const personNode = (id: string, user: string | undefined, known: boolean): MapNode => {
  const [, start = id] = /:([^-]+)/.exec(id) ?? []
  return { id, kind: 'person', name: user ?? `${known ? 'Identity' : 'Guest'} ${start}`, physicalId: id }
}

/** @param called names of functions in the book, by their own */
export const nodesOf = (stacks: readonly ConsoleStack[], called: ReadonlyMap<string, string> = new Map()): Nodes => {
  const nodes = new Map<string, MapNode>()
  const named = new Map<string, MapNode>()
  const ordered = [...stacks].sort((one, other) => Number(other.name === 'local') - Number(one.name === 'local'))
  for (const stack of ordered)
    for (const { logicalId, physicalId, type } of stack.resources) {
      const kind = KINDS[type]
      if (!kind) continue
      // Two stacks may have the same logical ID.
      const id = nodes.has(logicalId) ? `${stack.name}/${logicalId}` : logicalId
      const name = physicalId.split(/[/|]/).at(-1) ?? physicalId
      const last = name.split(':').at(-1) ?? name
      const own = kind === 'api' || kind === 'pool' ? logicalId : last
      const node: MapNode = { id, kind, name: kind === 'function' ? (called.get(physicalId) ?? id) : own, physicalId }
      nodes.set(id, node)
      for (const key of [name, last, physicalId, own]) named.set(`${kind} ${key}`, node)
    }
  return {
    byId: (id) => nodes.get(id),
    all: () => [...nodes.values()],
    ofArn(arn) {
      const about = aboutOf(arn)
      if (!about?.[1] || /[*?$]/.test(about[1])) return undefined
      const [kind, name] = about
      return named.get(`${kind} ${name}`) ?? { id: name, kind, name, physicalId: name }
    },
  }
}

/** A resource of a policy template, for Fn::Sub; `<bucketName>` is its parameter `BucketName`, `<a=B>` its parameter `B`. */
export type Pattern = string

export interface PolicyStatement {
  actions: string | string[]
  on: Pattern | Pattern[]
  /** Operator, key, and the value. */
  condition?: [operator: string, key: string, value: Pattern]
}

export const actions = (service: string, names: string): string[] =>
  names.split(' ').map((name) => `${service}:${name}`)

/** The ARN of something of the stack's account and region. */
export const regional = (service: string, rest: string): Pattern =>
  `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`

export const one = (actions: string | string[], on: Pattern | Pattern[]): PolicyStatement[] => [{ actions, on }]

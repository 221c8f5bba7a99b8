import type { Target } from '@aws-sdk/client-eventbridge'

export interface Place {
  account: string
  region: string
}

/** A rule of the default bus. Times in ms since the epoch. */
export interface Rule extends Place {
  arn: string
  name: string
  description?: string
  schedule?: string
  /** The text of the pattern, as it was given. */
  pattern?: string
  enabled: boolean
  /** `ENABLED`, `DISABLED` or `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`. */
  state: 'ENABLED' | 'DISABLED' | 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'
  roleArn?: string
  /** From when on its rate counts: when its expression was given. */
  anchor: number
  targets: Target[]
  tags: Record<string, string>
}

/** An event on its way from a rule to a function: what the outbox keeps of it. */
export interface RuleDelivery extends Place {
  ruleArn: string
  target: string
  payload: string
  /** The policy of the target: how often, and for how long in seconds, it is tried again. */
  attempts: number
  age: number
  deadLetter?: string
  tries: number
}

/** The queue of the outbox where they wait. */
export const RULES = 'events'

/** An event in the shape of EventBridge (user guide, "Events in Amazon EventBridge"). */
export interface BusEvent {
  version: '0'
  id: string
  'detail-type': string
  source: string
  account: string
  time: string
  region: string
  resources: string[]
  detail: unknown
}

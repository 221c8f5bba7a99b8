import type { ActionAfterCompletion, FlexibleTimeWindow, Target } from '@aws-sdk/client-scheduler'

export interface Place {
  account: string
  region: string
}

/** A group of schedules. Times in ms since the epoch. */
export interface Group extends Place {
  arn: string
  name: string
  created: number
  modified: number
  tags: Record<string, string>
}

/** A schedule. Times in ms since the epoch. */
export interface Schedule extends Place {
  arn: string
  name: string
  group: string
  expression: string
  /** The name of the zone that the expression is meant in. */
  zone: string
  start?: number
  end?: number
  description?: string
  enabled: boolean
  window: FlexibleTimeWindow
  target: Target
  after: ActionAfterCompletion
  keyArn?: string
  created: number
  modified: number
  /** From when on its rate counts: its start, or when its expression was given. */
  anchor: number
}

/** An invocation on its way from a schedule to a function: what the outbox keeps of it. */
export interface ScheduleDelivery extends Place {
  scheduleArn: string
  groupArn: string
  target: string
  roleArn: string
  payload: string
  /** How often, and for how long in seconds, it is tried again. */
  attempts: number
  age: number
  deadLetter?: string
  tries: number
}

/** The queue of the outbox where they wait. */
export const SCHEDULES = 'scheduler'
/** What the payload says in place of the number of the try, which is known only then. */
export const ATTEMPT_NUMBER = '<aws.scheduler.attempt-number>'

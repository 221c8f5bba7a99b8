import type { OnDemandThroughput } from '@aws-sdk/client-dynamodb'

/**
 * The value of an attribute as JSON: exactly one member. It is the form of the wire, of the store and of stream events
 * (API reference, AttributeValue): numbers are text in plain digits, binary is base64.
 */
export interface Value {
  S?: string
  N?: string
  B?: string
  BOOL?: boolean
  NULL?: boolean
  SS?: string[]
  NS?: string[]
  BS?: string[]
  L?: Value[]
  M?: Item
}
export type Item = Record<string, Value>
export type ValueType = keyof Value
export type KeyType = 'S' | 'N' | 'B'

export interface KeyElement {
  AttributeName: string
  KeyType: 'HASH' | 'RANGE'
}

/** Provisioned capacity; zeros on demand. Times in ms since the epoch. */
export interface Throughput {
  read: number
  write: number
  increased?: number
  decreased?: number
  /** When capacity was taken away during the present day (UTC), ms since the epoch. */
  decreases: number[]
}

export interface Index {
  kind: 'local' | 'global'
  name: string
  keys: KeyElement[]
  projection: { ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; NonKeyAttributes?: string[] }
  throughput?: Throughput
  onDemand?: OnDemandThroughput
}

export type StreamView = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** A table as it is stored. Times in ms since the epoch. */
export interface Table {
  /** Never used again after the table is deleted: what its items and indexes are stored under. */
  readonly id: number
  readonly account: string
  readonly region: string
  readonly name: string
  readonly uuid: string
  readonly created: number
  readonly keys: KeyElement[]
  definitions: { AttributeName: string; AttributeType: KeyType }[]
  indexes: Index[]
  /** When the table became one on demand; nothing for provisioned capacity. */
  onDemandSince?: number
  throughput: Throughput
  onDemand?: OnDemandThroughput
  stream?: { label: string; view: StreamView }
  /** The label of the last stream, enabled or not. */
  lastStream?: string
  expiry?: { attribute: string }
  encryption?: { key?: string }
  tableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS'
  protected: boolean
  /** Point-in-time recovery: since when, and how many days it reaches back. */
  recovery?: { since: number; days: number }
  tags: Record<string, string>
}

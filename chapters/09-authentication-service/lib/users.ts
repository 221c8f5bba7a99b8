import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Attempts } from './attempts.ts'
import { config } from './config.ts'
import type { StoredPassword } from './passwords.ts'

/** A user as the table has it (chapter 8's data model). Times are ms since the epoch. */
export interface User extends StoredPassword {
  /** Normalised, the key. */
  email: string
  name?: string
  /** Whether the address was proven to be the user's own. */
  verified: boolean
  /** SHA-256 of the token of the verification mail, and until when it holds; deleted on success. */
  verifyToken?: string
  verifyExpires?: number
  /** SHA-256 of the token that was used, so that the same link may be opened twice. */
  verifiedWith?: string
  /** SHA-256 of the tokens of reset mails, and until when each holds; all are deleted on reset. */
  lostToken?: { hash: string; expires: number }[]
  /** The identity of this user in the pool, known from the first login on. */
  identityId?: string
  /** The last failed attempts to log in. */
  attempts?: Attempts
  /** Grows with each change: what was decided on an older one is decided again. */
  revision?: number
}

const table = DynamoDBDocumentClient.from(new DynamoDBClient())

/** The user with an address, as it is now. */
export const findUser = async (email: string): Promise<User | undefined> => {
  const { Item } = await table.send(new GetCommand({ TableName: config.table, Key: { email }, ConsistentRead: true }))
  return Item as User | undefined
}

/** Stores a new user. @returns the one who has that address already, if there is one: then nothing is stored */
export const addUser = async (user: User): Promise<User | undefined> => {
  const Item = Object.fromEntries(Object.entries({ ...user, revision: 1 }).filter(([, value]) => value !== undefined))
  try {
    await table.send(
      new PutCommand({
        TableName: config.table,
        Item,
        ConditionExpression: 'attribute_not_exists(email)',
        // So that nobody has to be allowed to read the table for this.
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    )
    return undefined
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error
    return { email: user.email, name: error.Item?.name?.S } as User
  }
}

/** What a change sets; `undefined` takes an attribute away. */
export type Changes = { [Name in keyof Omit<User, 'email' | 'revision'>]?: User[Name] | undefined }

/** Writes changes to the user as it was seen. @returns whether nobody else was quicker */
const write = async (email: string, changes: Changes, seen: number | undefined): Promise<boolean> => {
  const names = Object.keys(changes) as (keyof Changes)[]
  const [set, remove] = [
    names.filter((name) => changes[name] !== undefined),
    names.filter((name) => changes[name] === undefined),
  ]
  const unchanged = seen === undefined ? 'attribute_not_exists(revision)' : 'revision = :seen'
  try {
    await table.send(
      new UpdateCommand({
        TableName: config.table,
        Key: { email },
        UpdateExpression: [
          `SET ${['revision = :next', ...set.map((name) => `#${name} = :${name}`)].join(', ')}`,
          remove.length > 0 ? `REMOVE ${remove.map((name) => `#${name}`).join(', ')}` : '',
        ].join(' '),
        ConditionExpression: `attribute_exists(email) AND ${unchanged}`,
        ExpressionAttributeNames:
          names.length > 0 ? Object.fromEntries(names.map((name) => [`#${name}`, name])) : undefined,
        ExpressionAttributeValues: {
          ':next': (seen ?? 0) + 1,
          ...(seen === undefined ? {} : { ':seen': seen }),
          ...Object.fromEntries(set.map((name) => [`:${name}`, changes[name]])),
        },
      }),
    )
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

/** No user has this one, so a write that expects it changes nothing. */
const NEVER = -1
/** So often is a change tried that others are quicker with. */
const TRIES = 20

/**
 * Changes a user: reads, decides, and writes only if the user is still what was decided on; else from the beginning. So
 * of two who want to use the same token one wins. Who decides for no change makes the same calls, a write that fails by
 * its condition included: that there is such a user cannot be told from the time that the answer takes.
 * @param decide what to change; `undefined` for nothing
 * @returns the user before the change; nothing when nothing was changed
 */
export const changeUser = async (
  email: string,
  decide: (user: User | undefined) => Changes | undefined,
): Promise<User | undefined> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const user = await findUser(email)
    const changes = decide(user)
    const written = await write(email, changes ?? {}, user && changes ? user.revision : NEVER)
    if (!user || !changes) return undefined
    if (written) return user
  }
  throw new Error(`others changed the user ${TRIES} times meanwhile`)
}

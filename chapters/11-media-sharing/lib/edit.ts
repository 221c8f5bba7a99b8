import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Texts } from './texts.ts'

/** A picture of one's own, as the lists show it. */
export interface Shown extends Texts {
  identityId: string
  objectKey: string
}

/**
 * The UpdateItem that an owner sends when the dialog is closed: title and description, only when one of them changed, only
 * of a picture that is there. Exercise 1. The two are all that the policy lets an owner write (listing 11.4).
 */
export const editOf = (
  TableName: string,
  { identityId, objectKey, title, description }: Shown,
  now: Texts,
): UpdateCommandInput | undefined =>
  now.title === title && now.description === description
    ? undefined
    : {
        TableName,
        Key: { identityId, objectKey },
        UpdateExpression: 'SET title = :title, description = :description',
        ConditionExpression: 'attribute_exists(objectKey)',
        ExpressionAttributeValues: { ':title': now.title, ':description': now.description },
      }

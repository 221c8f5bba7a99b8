import { type Dict, isDict } from '../source.ts'
import type { ResourceEntry } from '../template.ts'
import { managedPolicyArn } from './policies.ts'
import { inherited, type SamContext, type SamResource, tagList, trustIn } from './types.ts'

/** The tags of what SAM makes for Lambda: those of the template, and who made it. */
export const lambdaTags = (tags: unknown = {}): Dict[] =>
  tagList({ ...(isDict(tags) ? tags : {}), 'lambda:createdBy': 'SAM' })

/** The tags of a role that is made beside a resource, which may hand on its own. */
export const roleTags = ({ PropagateTags: propagates, Tags: tags }: Dict): Dict[] => [
  ...lambdaTags(),
  ...(propagates && isDict(tags) ? tagList(tags) : []),
]

/** The role by which Lambda itself makes and removes what a resource manages. */
export const operatorRole = (
  { entry, properties }: SamResource,
  { partition }: SamContext,
  policy: string,
): ResourceEntry => ({
  Type: 'AWS::IAM::Role',
  ...inherited(entry),
  Properties: {
    AssumeRolePolicyDocument: trustIn('lambda.amazonaws.com'),
    ManagedPolicyArns: [managedPolicyArn(policy, partition)],
    Tags: roleTags(properties),
  },
})

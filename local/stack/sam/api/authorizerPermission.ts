import type { ResourceEntry } from '../../template.ts'
import { inherited, ref, type SamResource } from '../types.ts'

/** What lets an API call the function of one of its authorizers. `partition`: as it is to stand in the ARN. */
export const authorizerPermission = (
  { id, entry }: SamResource,
  FunctionName: unknown,
  partition: string,
): ResourceEntry => ({
  Type: 'AWS::Lambda::Permission',
  ...inherited(entry),
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName,
    Principal: 'apigateway.amazonaws.com',
    SourceArn: {
      'Fn::Sub': [
        `arn:${partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/authorizers/*`,
        { __ApiId__: ref(id) },
      ],
    },
  },
})

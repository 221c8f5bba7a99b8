import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2'
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { withCloud } from './cloud.ts'

const SOURCE_INDENT = '\n          '

/** A function of that source, and its role. */
const templateOf = (source: string) => `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }
  Echo:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: |${SOURCE_INDENT}${source.trim().replaceAll('\n', SOURCE_INDENT)}
Outputs:
  Arn: { Value: !GetAtt Echo.Arn }
`

/** A cloud with a function, for the tests of HTTP APIs before it in a `describe` block. @param source of CommonJS */
export const withFunctionForApis = (source: string) => {
  const cloud = withCloud()
  let functionArn = ''
  before(async () => {
    const template = templateOf(source)
    const stack = await cloud.cloud.deploy({ name: 'local', template, file: '/echo/template.yaml', parameters: {} })
    functionArn = stack.outputs.Arn?.value ?? ''
  })
  return {
    cloud,
    client: () => new ApiGatewayV2Client(cloud.config()),
    functionArn: () => functionArn,
    /** Lets an API call the function. */
    async permit(apiId: string) {
      await new LambdaClient(cloud.config()).send(
        new AddPermissionCommand({
          FunctionName: functionArn,
          StatementId: 'api',
          Action: 'lambda:InvokeFunction',
          Principal: 'apigateway.amazonaws.com',
          SourceArn: `arn:aws:execute-api:us-east-1:123456789012:${apiId}/*`,
        }),
      )
    },
  }
}

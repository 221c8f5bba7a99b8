/** What a deployment as the stack `local` knows before anything is there. */
export const PSEUDO = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::StackId': 'arn:aws:cloudformation:us-east-1:123456789012:stack/local/0',
  'AWS::StackName': 'local',
  'AWS::URLSuffix': 'amazonaws.com',
}

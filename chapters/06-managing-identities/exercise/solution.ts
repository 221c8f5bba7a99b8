/** The identity id of whoever asks, as a policy names it: the variable is IAM's, not TypeScript's. */
const SUB = `\${cognito-identity.amazonaws.com:sub}`

/** What whoever has signed in may do, with a place of their own in the bucket and in both tables. */
export const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::myapp',
      Condition: {
        StringLike: {
          's3:prefix': `priv/${SUB}/*`,
        },
      },
    },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject'],
      Resource: `arn:aws:s3:::myapp/priv/${SUB}/*`,
    },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::myapp',
      Condition: {
        StringLike: {
          's3:prefix': 'pub/*',
        },
      },
    },
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::myapp/pub/*',
    },
    {
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: `arn:aws:s3:::myapp/pub/${SUB}/*`,
    },
    {
      Effect: 'Allow',
      Action: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
      ],
      Resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/private-table',
      Condition: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': SUB,
        },
      },
    },
    {
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
      Resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/shared-table',
    },
    {
      Effect: 'Allow',
      Action: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'],
      Resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/shared-table',
      Condition: {
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': SUB,
        },
      },
    },
  ],
}

/** What somebody may do who shall only read, and only under `my-prefix/`. */
export const policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['s3:ListAllMyBuckets', 's3:GetBucketLocation'],
      Resource: 'arn:aws:s3:::*',
    },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::my-bucket',
      Condition: { StringLike: { 's3:prefix': 'my-prefix/' } },
    },
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::my-bucket/my-prefix/*',
    },
  ],
}

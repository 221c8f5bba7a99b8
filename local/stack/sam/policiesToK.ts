import { actions, one, type PolicyStatement, regional } from './policyStatements.ts'

/** SAM's policy templates for services that the local cloud does not have: names from A to J. */
export const POLICIES_TO_K: Record<string, PolicyStatement[]> = {
  AMIDescribePolicy: one(['ec2:DescribeImages'], '*'),
  AWSSecretsManagerRotationPolicy: [
    {
      actions: actions('secretsmanager', 'DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage'),
      on: regional('secretsmanager', 'secret:*'),
      condition: [
        'StringEquals',
        'secretsmanager:resource/AllowRotationLambdaArn',
        regional('lambda', 'function:<functionName>'),
      ],
    },
    { actions: ['secretsmanager:GetRandomPassword'], on: '*' },
  ],
  AcmGetCertificatePolicy: one(['acm:GetCertificate'], `<certificateArn>`),
  AthenaQueryPolicy: [
    {
      actions: actions(
        'athena',
        'ListWorkGroups GetExecutionEngine GetExecutionEngines GetNamespace GetCatalogs GetNamespaces GetTables GetTable',
      ),
      on: '*',
    },
    {
      actions: actions(
        'athena',
        'StartQueryExecution GetQueryResults DeleteNamedQuery GetNamedQuery ListQueryExecutions StopQueryExecution GetQueryResultsStream ListNamedQueries CreateNamedQuery GetQueryExecution BatchGetNamedQuery BatchGetQueryExecution GetWorkGroup',
      ),
      on: regional('athena', 'workgroup/<workgroupName=WorkGroupName>'),
    },
  ],
  CloudFormationDescribeStacksPolicy: one(['cloudformation:DescribeStacks'], regional('cloudformation', 'stack/*')),
  CloudWatchDashboardPolicy: one(actions('cloudwatch', 'GetDashboard ListDashboards PutDashboard ListMetrics'), '*'),
  CloudWatchDescribeAlarmHistoryPolicy: one(['cloudwatch:DescribeAlarmHistory'], '*'),
  CodeCommitCrudPolicy: one(
    actions(
      'codecommit',
      'GitPull GitPush CreateBranch DeleteBranch GetBranch ListBranches MergeBranchesByFastForward MergeBranchesBySquash MergeBranchesByThreeWay UpdateDefaultBranch BatchDescribeMergeConflicts CreateUnreferencedMergeCommit DescribeMergeConflicts GetMergeCommit GetMergeOptions BatchGetPullRequests CreatePullRequest DescribePullRequestEvents GetCommentsForPullRequest GetCommitsFromMergeBase GetMergeConflicts GetPullRequest ListPullRequests MergePullRequestByFastForward MergePullRequestBySquash MergePullRequestByThreeWay PostCommentForPullRequest UpdatePullRequestDescription UpdatePullRequestStatus UpdatePullRequestTitle DeleteFile GetBlob GetFile GetFolder PutFile DeleteCommentContent GetComment GetCommentsForComparedCommit PostCommentForComparedCommit PostCommentReply UpdateComment BatchGetCommits CreateCommit GetCommit GetCommitHistory GetDifferences GetObjectIdentifier GetReferences GetTree GetRepository UpdateRepositoryDescription ListTagsForResource TagResource UntagResource GetRepositoryTriggers PutRepositoryTriggers TestRepositoryTriggers GetBranch GetCommit UploadArchive GetUploadArchiveStatus CancelUploadArchive',
    ),
    regional('codecommit', '<repositoryName>'),
  ),
  CodeCommitReadPolicy: one(
    actions(
      'codecommit',
      'GitPull GetBranch ListBranches BatchDescribeMergeConflicts DescribeMergeConflicts GetMergeCommit GetMergeOptions BatchGetPullRequests DescribePullRequestEvents GetCommentsForPullRequest GetCommitsFromMergeBase GetMergeConflicts GetPullRequest ListPullRequests GetBlob GetFile GetFolder GetComment GetCommentsForComparedCommit BatchGetCommits GetCommit GetCommitHistory GetDifferences GetObjectIdentifier GetReferences GetTree GetRepository ListTagsForResource GetRepositoryTriggers TestRepositoryTriggers GetBranch GetCommit GetUploadArchiveStatus',
    ),
    regional('codecommit', '<repositoryName>'),
  ),
  CodePipelineLambdaExecutionPolicy: one(actions('codepipeline', 'PutJobSuccessResult PutJobFailureResult'), '*'),
  CodePipelineReadOnlyPolicy: one(
    ['codepipeline:ListPipelineExecutions'],
    regional('codepipeline', '<pipelinename=PipelineName>'),
  ),
  ComprehendBasicAccessPolicy: one(
    actions(
      'comprehend',
      'BatchDetectKeyPhrases DetectDominantLanguage DetectEntities BatchDetectEntities DetectKeyPhrases DetectSentiment BatchDetectDominantLanguage BatchDetectSentiment',
    ),
    '*',
  ),
  CostExplorerReadOnlyPolicy: one(
    actions(
      'ce',
      'GetCostAndUsage GetDimensionValues GetReservationCoverage GetReservationPurchaseRecommendation GetReservationUtilization GetTags',
    ),
    '*',
  ),
  DynamoDBBackupFullAccessPolicy: [
    {
      actions: actions('dynamodb', 'CreateBackup DescribeContinuousBackups'),
      on: regional('dynamodb', 'table/<tableName>'),
    },
    {
      actions: actions('dynamodb', 'DeleteBackup DescribeBackup ListBackups'),
      on: regional('dynamodb', 'table/<tableName>/backup/*'),
    },
  ],
  DynamoDBReconfigurePolicy: one(['dynamodb:UpdateTable'], regional('dynamodb', 'table/<tableName>')),
  DynamoDBRestoreFromBackupPolicy: [
    { actions: ['dynamodb:RestoreTableFromBackup'], on: regional('dynamodb', 'table/<tableName>/backup/*') },
    {
      actions: actions('dynamodb', 'PutItem UpdateItem DeleteItem GetItem Query Scan BatchWriteItem'),
      on: regional('dynamodb', 'table/<tableName>'),
    },
  ],
  EC2CopyImagePolicy: one(['ec2:CopyImage'], regional('ec2', 'image/<imageId>')),
  EC2DescribePolicy: one(actions('ec2', 'DescribeRegions DescribeInstances'), '*'),
  EFSWriteAccessPolicy: [
    {
      actions: actions('elasticfilesystem', 'ClientMount ClientWrite'),
      on: regional('elasticfilesystem', 'file-system/<FileSystem>'),
      condition: [
        'StringEquals',
        'elasticfilesystem:AccessPointArn',
        regional('elasticfilesystem', 'access-point/<AccessPoint>'),
      ],
    },
  ],
  EKSDescribePolicy: one(actions('eks', 'DescribeCluster ListClusters'), '*'),
  EcsRunTaskPolicy: one(['ecs:RunTask'], regional('ecs', 'task-definition/<taskDefinition>')),
  ElasticMapReduceAddJobFlowStepsPolicy: one(
    'elasticmapreduce:AddJobFlowSteps',
    regional('elasticmapreduce', 'cluster/<clusterId>'),
  ),
  ElasticMapReduceCancelStepsPolicy: one(
    'elasticmapreduce:CancelSteps',
    regional('elasticmapreduce', 'cluster/<clusterId>'),
  ),
  ElasticMapReduceModifyInstanceFleetPolicy: one(
    actions('elasticmapreduce', 'ModifyInstanceFleet ListInstanceFleets'),
    regional('elasticmapreduce', 'cluster/<clusterId>'),
  ),
  ElasticMapReduceModifyInstanceGroupsPolicy: one(
    actions('elasticmapreduce', 'ModifyInstanceGroups ListInstanceGroups'),
    regional('elasticmapreduce', 'cluster/<clusterId>'),
  ),
  ElasticMapReduceSetTerminationProtectionPolicy: one(
    'elasticmapreduce:SetTerminationProtection',
    regional('elasticmapreduce', 'cluster/<clusterId>'),
  ),
  ElasticMapReduceTerminateJobFlowsPolicy: one(
    'elasticmapreduce:TerminateJobFlows',
    regional('elasticmapreduce', 'cluster/<clusterId>'),
  ),
  ElasticsearchHttpPostPolicy: one(actions('es', 'ESHttpPost ESHttpPut'), regional('es', 'domain/<domainName>/*')),
  FilterLogEventsPolicy: one(['logs:FilterLogEvents'], regional('logs', 'log-group:<logGroupName>:log-stream:*')),
  FirehoseCrudPolicy: one(
    actions(
      'firehose',
      'CreateDeliveryStream DeleteDeliveryStream DescribeDeliveryStream PutRecord PutRecordBatch UpdateDestination',
    ),
    regional('firehose', 'deliverystream/<deliveryStreamName>'),
  ),
  FirehoseWritePolicy: one(
    actions('firehose', 'PutRecord PutRecordBatch'),
    regional('firehose', 'deliverystream/<deliveryStreamName>'),
  ),
}

// DynamoDB in a process of its own, for the test that kills it: `dynamodbProcess.ts <state folder>`, forked. It sends its
// address when it is ready.
import { openTestDynamoDB } from './dynamodb.ts'

const { url } = await openTestDynamoDB({ folder: process.argv[2] ?? '' })
process.on('disconnect', () => process.exit())
process.send?.({ url })

import type * as Sdk from '@aws-sdk/client-s3'
import type { Input, Operation, OperationCall, OperationName, Output } from '../service.ts'
import type { S3Store } from './store.ts'

export type S3Sdk = typeof Sdk
export type S3Call = OperationCall<S3Store>
/** A call, or the service at its own work. */
export type Announcer = Pick<S3Call, 'store' | 'ground' | 'caller' | 'facts'>
export type S3Input<Name extends OperationName<S3Sdk>> = Input<S3Sdk, Name>
export type S3Output<Name extends OperationName<S3Sdk>> = Output<S3Sdk, Name>

/** Some of S3's operations; `service.ts` puts them all together. */
export type Operations = {
  [Name in OperationName<S3Sdk>]?: Operation<Input<S3Sdk, Name>, Output<S3Sdk, Name>, S3Store>
}

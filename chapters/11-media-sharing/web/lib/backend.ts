import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DeleteObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { connect } from '../../../07-calling-from-a-client/lib/client.ts'
import { guestOf, type Place } from '../../../07-calling-from-a-client/lib/identity.ts'
import { type Config, readConfig } from '../../../07-calling-from-a-client/web/lib/config.ts'
import { memory } from '../../../07-calling-from-a-client/web/lib/memory.ts'
import { logIn } from '../../../10-more-authentication/web/lib/logIn.ts'
import type { Session } from '../../../10-more-authentication/web/lib/session.ts'
import { editOf, type Shown } from '../../lib/edit.ts'
import type { Texts } from '../../lib/texts.ts'

/** Somebody who has logged in, and what they may do with their own pictures. */
export interface Member extends Session {
  s3: S3Client
  /** Writes title and description where one of them has changed. @throws what `wordsOf` knows */
  edit(picture: Shown, now: Texts): Promise<void>
  /** Moves a picture to the other side. @throws what `wordsOf` knows */
  move(objectKey: string, isPublic: boolean): Promise<void>
  /** Deletes a picture. @throws what `wordsOf` knows */
  remove(objectKey: string): Promise<void>
}

/** The back end of the page. */
export interface Backend {
  bucket: string
  /** Where people sign up: the index of chapter 10. */
  accounts: string
  /** S3 with the credentials of a guest. */
  guest(): S3Client
  /** Logs in by chapter 10's service. @returns why not, in its words, where it refuses */
  logIn(email: string, password: string, changed: (over: boolean) => void): Promise<Member | string>
}

const NAMES = ['MediaBucket', 'MediaContentTable', 'MediaPoolId', 'MediaLoginFunction', 'SetVisibilityFunction']

/** S3 for browsers: no answer comes out of the browser's own cache, which would be a list of some time ago. */
const s3Of = ({ region, endpoint }: Place, credentials: S3ClientConfig['credentials']): S3Client =>
  new S3Client({
    ...{ region, credentials, maxAttempts: 2, requestHandler: { cache: 'no-store' } },
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    // A checksum of what is not known yet would be signed into the address of an upload.
    ...{ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' },
  })

const memberOf = (session: Session, place: Place, config: Config): Member => {
  const { credentials } = session
  const { MediaBucket: Bucket = '', MediaContentTable = '', SetVisibilityFunction = '' } = config
  const { region, endpoint } = place
  const s3 = s3Of(place, credentials)
  const table = DynamoDBDocumentClient.from(
    new DynamoDBClient({ region, credentials, maxAttempts: 2, ...(endpoint ? { endpoint } : {}) }),
  )
  const { invoke } = connect({ ...place, credentials })
  return {
    ...session,
    s3,
    async edit(picture, now) {
      const update = editOf(MediaContentTable, picture, now)
      if (!update) return
      await table.send(new UpdateCommand(update)).catch((error: unknown) => {
        throw error instanceof ConditionalCheckFailedException ? new Error('The picture is not there any more.') : error
      })
    },
    async move(objectKey, isPublic) {
      await invoke(SetVisibilityFunction, { objectKey, isPublic })
    },
    async remove(Key) {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }))
    },
  }
}

/**
 * The page's back end, from its `config.json`.
 * @throws Error in words for the person at the page
 */
export const readBackend = async (): Promise<Backend> => {
  const config = await readConfig([...NAMES, 'MediaAccountsUrl'])
  const place = { region: config.Region, endpoint: config.Endpoint }
  const guest = () => guestOf(config.MediaPoolId ?? '', place, memory())
  const { invoke } = connect({ ...place, credentials: guest() })
  return {
    bucket: config.MediaBucket ?? '',
    accounts: config.MediaAccountsUrl ?? '',
    guest: () => s3Of(place, guest()),
    async logIn(email, password, changed) {
      const service = { place, call: <Out>(_: string, event: unknown) => login<Out>(event) }
      const login = <Out>(event: unknown) => invoke<unknown, Out>(config.MediaLoginFunction ?? '', event)
      const session = await logIn(service, email, password, changed)
      return typeof session === 'string' ? session : memberOf(session, place, config)
    },
  }
}

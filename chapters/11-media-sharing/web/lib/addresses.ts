import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { metadataOf, type Texts } from '../../lib/texts.ts'

/** For how long a signed address opens an object, in seconds. */
export const LASTS = 60

/** A device's clock may be wrong: the client has learned by how much, from `Date` of an answer to an earlier request. */
const options = ({ config }: S3Client) => ({
  expiresIn: LASTS,
  signingDate: new Date(Date.now() + config.systemClockOffset),
})

/**
 * An address that shows an object to whoever has it, for a minute. It names the upload too, under `x-`, where S3 looks at
 * nothing: of two uploads within a second the addresses would be the same, and the browser would go on showing the first.
 */
export const addressOf = (client: S3Client, Bucket: string, Key: string, uploadDate: string): Promise<string> => {
  const command = new GetObjectCommand({ Bucket, Key })
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { query: Record<string, string> }).query, { 'x-uploaded': uploadDate })
      return next(args)
    },
    { step: 'build' },
  )
  return getSignedUrl(client, command, options(client))
}

/** An upload: where it goes, and the headers that must be sent with it, as they are signed. */
export interface Destination {
  address: string
  headers: Record<string, string>
}

/** Where a picture is uploaded to, for a minute. @throws TextsTooLong */
export const destinationOf = async (
  client: S3Client,
  Bucket: string,
  Key: string,
  { type, texts }: { type: string; texts: Texts },
): Promise<Destination> => {
  const Metadata = metadataOf(texts)
  const headers = Object.fromEntries(Object.entries(Metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]))
  const address = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key, ContentType: type, Metadata }), {
    ...options(client),
    signableHeaders: new Set(['host', 'content-type', ...Object.keys(headers)]),
    unhoistableHeaders: new Set(Object.keys(headers)),
  })
  return { address, headers: { ...headers, 'content-type': type } }
}

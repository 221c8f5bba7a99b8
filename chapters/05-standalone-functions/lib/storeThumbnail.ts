import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import type { Size } from './picture.ts'
import { makeThumbnail } from './thumbnail.ts'
import { readUpload, type Upload } from './uploads.ts'

/** The side of the box, in pixels, where the picture's metadata asks for no other. */
const DEFAULT_SIZE = 200

/** The box that the uploader asks for in the metadata `width` and `height`; what is no positive number is ignored. */
export const boxOf = (metadata: Record<string, string>): Size => {
  const side = (value: string | undefined) =>
    Number(value) > 0 && Number.isFinite(Number(value)) ? Number(value) : DEFAULT_SIZE
  return { width: side(metadata.width), height: side(metadata.height) }
}

/**
 * Makes the thumbnail of an uploaded picture and stores it beside it, at `thumbs/<key>`, with the picture's metadata.
 * The same upload twice gives the same thumbnail.
 * @throws NotAPicture
 */
export const storeThumbnail = async (
  s3: S3Client,
  upload: Upload,
): Promise<{ thumbnail: string; metadata: Record<string, string> }> => {
  const thumbnail = `thumbs/${upload.key}`
  const { bytes: picture, metadata } = await readUpload(s3, upload)
  const { bytes, contentType } = await makeThumbnail(picture, boxOf(metadata))
  await s3.send(
    new PutObjectCommand({
      Bucket: upload.bucket,
      Key: thumbnail,
      Body: bytes,
      ContentType: contentType,
      Metadata: metadata,
    }),
  )
  return { thumbnail, metadata }
}

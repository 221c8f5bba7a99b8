import { environment } from '../03-web-api/lib/environment.ts'
import { callAndLeave } from './lib/calls.ts'
import { storeUpload, type UploadRequest } from './lib/storeUpload.ts'

const BUCKET = environment('BUCKET')
const BUILD_THUMBNAIL = environment('BUILD_THUMBNAIL')

/**
 * Uploads a picture, calls the first of three functions and waits for none of them: each calls the next. Chapter 12.
 * @returns where the picture is; the rest comes later, or does not
 * @throws TypeError, RangeError for another event
 */
export const handler = async (event: UploadRequest) => {
  const upload = await storeUpload('asynchronous', BUCKET, event)
  await callAndLeave(BUILD_THUMBNAIL, upload)
  console.log(`${upload.key}: handed on`)
  return { key: upload.key }
}

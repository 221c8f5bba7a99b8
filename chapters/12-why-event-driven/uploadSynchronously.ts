import { environment } from '../03-web-api/lib/environment.ts'
import { callAndWait } from './lib/calls.ts'
import { storeUpload, type UploadRequest } from './lib/storeUpload.ts'
import { indexOf, thumbnailOf } from './lib/uploads.ts'

const BUCKET = environment('BUCKET')
const PARTS = [environment('BUILD_THUMBNAIL'), environment('EXTRACT_METADATA'), environment('UPDATE_INDEX')]

/**
 * Uploads a picture and waits until three functions have done the rest, one after the other. Chapter 12.
 * @returns where everything is, once it is there
 * @throws TypeError, RangeError for another event
 * @throws CalledFunctionFailed when one of the three fails: what came before stays, and nobody tries again
 */
export const handler = async (event: UploadRequest) => {
  const upload = await storeUpload('synchronous', BUCKET, event)
  const { key } = upload
  const began = performance.now()
  try {
    for (const part of PARTS) await callAndWait(part, upload)
  } finally {
    console.log(`${key}: waited ${Math.round(performance.now() - began)} ms for other functions`)
  }
  return { key, thumbnail: thumbnailOf(key), index: indexOf('synchronous') }
}

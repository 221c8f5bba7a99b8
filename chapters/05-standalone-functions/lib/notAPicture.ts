/**
 * What is no picture for us: the message says why. To be told and left alone: another try would find the same. Apart from
 * `picture.ts`, so that functions that only pass it on do not have the library of pictures in their bundles.
 */
export class NotAPicture extends Error {
  override name = 'NotAPicture'
}

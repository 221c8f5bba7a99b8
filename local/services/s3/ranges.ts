import { invalidArgument, invalidRequest, refusal } from './errors.ts'

/** Bytes `start` to `end` of an object, both included. */
export interface Range {
  start: number
  end: number
}

/**
 * The range that a header asks for; nothing when it is no single range of bytes, which S3 answers with the whole object.
 * @throws ServiceError InvalidRange (416)
 */
export const rangeOf = (header: string | undefined, size: number): Range | undefined => {
  const [, first, last] = /^bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start > end)
    throw refusal('InvalidRange', 416, 'The requested range is not satisfiable', {
      RangeRequested: header,
      ActualObjectSize: size,
      headers: { 'content-range': `bytes */${size}` },
    })
  return { start, end }
}

/** The range of a part's copy, which must be whole and within the source. @throws ServiceError InvalidArgument, InvalidRequest */
export const copyRange = (header: string, size: number): Range => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? []
  if (first === undefined || last === undefined || Number(first) > Number(last))
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      'x-amz-copy-source-range',
      header,
    )
  const range = { start: Number(first), end: Number(last) }
  if (range.start >= size) throw invalidRequest('The specified copy range is invalid for the source object size')
  if (range.end >= size)
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      'x-amz-copy-source-range',
      header,
    )
  return range
}

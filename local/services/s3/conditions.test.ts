import { expect } from 'chai'
import { checkRead, checkWrite } from './conditions.ts'
import type { StoredObject } from './types.ts'

const MODIFIED = Date.UTC(2026, 0, 31, 12)
const NOW = MODIFIED + 60_000
const object = { etag: 'abc', modified: MODIFIED, attributes: { Metadata: {} } } as StoredObject
const early = new Date(MODIFIED - 10_000)
const late = new Date(MODIFIED + 10_000)
const future = new Date(NOW + 10_000)

describe('checkRead', () => {
  // GetObject in S3's API reference: a tag that holds beats the date of its kind.
  const cases: [conditions: Parameters<typeof checkRead>[0], status: 200 | 304 | 412][] = [
    [{}, 200],
    [{ IfMatch: '"abc"' }, 200],
    [{ IfMatch: 'abc' }, 200],
    [{ IfMatch: '"x", "abc"' }, 200],
    [{ IfMatch: '*' }, 200],
    [{ IfMatch: '"x"' }, 412],
    [{ IfUnmodifiedSince: late }, 200],
    [{ IfUnmodifiedSince: new Date(MODIFIED) }, 200],
    [{ IfUnmodifiedSince: early }, 412],
    [{ IfMatch: '"abc"', IfUnmodifiedSince: early }, 200],
    [{ IfMatch: '"x"', IfUnmodifiedSince: late }, 412],
    [{ IfNoneMatch: '"x"' }, 200],
    [{ IfNoneMatch: '"abc"' }, 304],
    [{ IfNoneMatch: 'W/"abc"' }, 304],
    [{ IfNoneMatch: '*' }, 304],
    [{ IfModifiedSince: early }, 200],
    [{ IfModifiedSince: new Date(MODIFIED) }, 304],
    [{ IfModifiedSince: late }, 304],
    [{ IfModifiedSince: future }, 200],
    [{ IfNoneMatch: '"x"', IfModifiedSince: late }, 200],
    [{ IfNoneMatch: '"abc"', IfModifiedSince: early }, 304],
    [{ IfMatch: '"x"', IfNoneMatch: '"abc"' }, 412],
    [{ IfMatch: '"abc"', IfNoneMatch: '"abc"' }, 304],
  ]
  for (const [conditions, status] of cases)
    it(`answers ${status} to ${JSON.stringify(conditions)}`, () => {
      const check = () => checkRead(conditions, object, NOW)

      if (status === 200) expect(check).not.to.throw()
      else expect(check).to.throw().that.has.property('status', status)
    })
})

describe('checkWrite', () => {
  const other = { ...object, etag: 'other' }
  // "How to prevent object overwrites with conditional writes" in S3's user guide.
  const cases: [
    what: string,
    conditions: Parameters<typeof checkWrite>[0],
    now: StoredObject | undefined,
    before: string | undefined,
    code: string,
  ][] = [
    ['a write without conditions', {}, object, undefined, ''],
    ['If-None-Match: * on a free key', { IfNoneMatch: '*' }, undefined, undefined, ''],
    ['If-None-Match: * on a taken key', { IfNoneMatch: '*' }, object, 'abc', 'PreconditionFailed'],
    ['If-None-Match: * when another one came first', { IfNoneMatch: '*' }, object, undefined, 'PreconditionFailed'],
    ['If-None-Match: * after a delete', { IfNoneMatch: '*' }, undefined, 'abc', 'ConditionalRequestConflict'],
    ['If-None-Match with a tag', { IfNoneMatch: '"abc"' }, object, 'abc', 'NotImplemented'],
    ['If-Match that holds', { IfMatch: '"abc"' }, object, 'abc', ''],
    ['If-Match with another tag', { IfMatch: '"x"' }, object, 'abc', 'PreconditionFailed'],
    ['If-Match without an object', { IfMatch: '"abc"' }, undefined, undefined, 'NoSuchKey'],
    ['If-Match after a delete', { IfMatch: '"abc"' }, undefined, 'abc', 'ConditionalRequestConflict'],
    ['If-Match when another one came first', { IfMatch: '"abc"' }, other, 'abc', 'PreconditionFailed'],
    ['If-Match of what came meanwhile', { IfMatch: '"other"' }, other, 'abc', 'ConditionalRequestConflict'],
    ['If-Match: *', { IfMatch: '*' }, object, 'abc', 'NotImplemented'],
    ['both at once', { IfMatch: '"abc"', IfNoneMatch: '*' }, object, 'abc', 'NotImplemented'],
  ]
  for (const [what, conditions, now, before, code] of cases)
    it(`${code ? `refuses ${what} with ${code}` : `takes ${what}`}`, () => {
      const check = () => checkWrite(conditions, 'key', now, before)

      if (code === '') expect(check).not.to.throw()
      else expect(check).to.throw().that.has.property('code', code)
    })
})

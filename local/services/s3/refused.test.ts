import * as S from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect } from 'chai'
import { refusalOf } from '../../../tests/refusal.ts'
import { withS3 } from '../../../tests/s3.ts'

const Bucket = 'refused'
const Key = 'there'

describe('requests that S3 refuses', () => {
  const t = withS3()
  let s3: S.S3Client
  before(async () => {
    s3 = t.client()
    await s3.send(new S.CreateBucketCommand({ Bucket }))
    await s3.send(new S.PutObjectCommand({ Bucket, Key, Body: 'bytes' }))
  })

  it('ask for attributes that no object has, or for none', async () => {
    const attributes = (...ObjectAttributes: string[]) =>
      refusalOf(
        s3.send(new S.GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ObjectAttributes as 'ETag'[] })),
      )

    expect(await attributes('ETag', 'ETags')).to.deep.equal({
      name: 'InvalidArgument',
      message: 'Invalid attribute name specified.',
      status: 400,
    })
    expect(await attributes()).to.deep.equal({
      name: 'InvalidRequest',
      message:
        'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
      status: 400,
    })
  })

  it('name a copy’s source without its bucket or its key', async () => {
    const messages: string[] = []
    for (const CopySource of ['/', '//key', Bucket, `${Bucket}/`, '%zz/key'])
      messages.push((await refusalOf(s3.send(new S.CopyObjectCommand({ Bucket, Key: 'copy', CopySource })))).message)

    expect(messages).to.deep.equal([
      'Invalid copy source bucket name',
      'Invalid copy source bucket name',
      'Invalid copy source object key',
      'Invalid copy source object key',
      'Invalid copy source encoding.',
    ])
  })

  it('say another checksum than they send', async () => {
    const client = t.client()
    // The SDK names the one that it sends.
    client.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, { 'x-amz-sdk-checksum-algorithm': 'SHA256' })
        return next(args)
      },
      { step: 'build', priority: 'low' },
    )

    const refused = await refusalOf(
      client.send(new S.PutObjectCommand({ Bucket, Key: 'other', Body: 'bytes', ChecksumCRC32: 'm/Wgqg==' })),
    )

    const Delete = { Objects: [{ Key: 'nothing' }] }
    const list = await refusalOf(client.send(new S.DeleteObjectsCommand({ Bucket, Delete })))

    for (const one of [refused, list])
      expect(one).to.deep.equal({
        name: 'InvalidRequest',
        message: 'Value for x-amz-sdk-checksum-algorithm header is invalid.',
        status: 400,
      })
  })

  it('delete many objects without a checksum of their list', async () => {
    const client = t.client()
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers } = args.request as { headers: Record<string, string> }
        for (const name of Object.keys(headers)) if (name.startsWith('x-amz-checksum-')) delete headers[name]
        delete headers['x-amz-sdk-checksum-algorithm']
        return next(args)
      },
      { step: 'build', priority: 'low' },
    )

    const Delete = { Objects: [{ Key: 'nothing' }] }
    const refused = await refusalOf(client.send(new S.DeleteObjectsCommand({ Bucket, Delete })))
    const { Deleted } = await s3.send(new S.DeleteObjectsCommand({ Bucket, Delete }))

    expect(refused).to.deep.equal({
      name: 'InvalidRequest',
      message: 'Missing required header for this request: Content-MD5',
      status: 400,
    })
    expect(Deleted).to.deep.equal([{ Key: 'nothing' }])
  })

  it('tag with nothing', async () => {
    const tagged = (Tagging: string) => s3.send(new S.PutObjectCommand({ Bucket, Key: 'tagged', Body: '', Tagging }))

    const refused = await refusalOf(tagged('='))
    for (const odd of ['&', 'key', 'key=', 'a&b=c']) await tagged(odd)

    expect(refused).to.include({ name: 'InvalidArgument', status: 400 })
    expect(refused.message).to.match(/^The header 'x-amz-tagging' shall be encoded as UTF-8/)
  })

  it('want headers in their answer that no header can hold', async () => {
    const asked = async (more: Partial<S.GetObjectCommandInput>) => {
      const answer = await fetch(await getSignedUrl(s3, new S.GetObjectCommand({ Bucket, Key, ...more })))
      return [answer.status, await answer.text()] as const
    }

    const [latin] = await asked({ ResponseContentDisposition: 'attachment; filename="ü.txt"' })
    const chinese = await asked({ ResponseContentDisposition: 'attachment; filename="漢.txt"' })
    const another = await asked({ ResponseContentType: 'text/plain\r\nX-Other: header' })

    expect(latin).to.equal(200)
    for (const [[status, text], name] of [
      [chinese, 'response-content-disposition'],
      [another, 'response-content-type'],
    ] as const) {
      expect(status).to.equal(400)
      expect(text).to.contain('<Message>Header value cannot be represented using ISO-8859-1.</Message>')
      expect(text).to.contain(`<ArgumentName>${name}</ArgumentName>`)
    }
  })

  it('write to a subresource that cannot be written: the bucket and the object stay', async () => {
    const asked = async (Command: 'put' | 'delete', path: string, query: string) => {
      const command =
        Command === 'put'
          ? new S.PutObjectCommand({ Bucket, Key, Body: 'other' })
          : new S.DeleteObjectCommand({ Bucket, Key })
      const client = t.client()
      client.middlewareStack.add(
        (next) => (args) => {
          const request = args.request as { path: string; query: Record<string, string> }
          request.path = path
          request.query = Object.fromEntries(new URLSearchParams(query))
          return next(args)
        },
        { step: 'build', priority: 'low' },
      )
      return refusalOf(client.send(command as S.PutObjectCommand))
    }
    await s3.send(new S.CreateBucketCommand({ Bucket: 'emptied' }))

    for (const [method, path, query] of [
      ['delete', '/emptied', 'acl'],
      ['delete', '/emptied', 'policyStatus'],
      ['delete', '/emptied', 'analytics'],
      ['delete', `/${Bucket}/${Key}`, 'acl'],
      ['delete', `/${Bucket}/${Key}`, 'uploads'],
      ['put', `/${Bucket}/${Key}`, 'uploads'],
      ['put', `/${Bucket}/${Key}`, 'annotation'],
      ['put', `/${Bucket}/${Key}`, 'uploadId=some'],
    ] as const) {
      const refused = await asked(method, path, query)

      expect(refused, `${method} ${path}?${query}`).to.deep.equal({
        name: 'MethodNotAllowed',
        message: 'The specified method is not allowed against this resource.',
        status: 405,
      })
    }
    const part = await asked('put', `/${Bucket}/${Key}`, 'partNumber=1')
    await s3.send(new S.HeadBucketCommand({ Bucket: 'emptied' }))
    const { Body } = await s3.send(new S.GetObjectCommand({ Bucket, Key }))

    expect(part).to.deep.equal({
      name: 'InvalidArgument',
      message: 'This operation does not accept partNumber without uploadId',
      status: 400,
    })
    expect(await Body?.transformToString()).to.equal('bytes')
  })
})

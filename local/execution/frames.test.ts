import { expect } from 'chai'
import fc from 'fast-check'
import { encodeRequest, frameReader, LONGEST_FRAME, type RuntimeRequest, requestReader } from './frames.ts'

/** Cuts bytes into pieces of the given sizes, over and over. */
const pieces = (bytes: Buffer, sizes: number[]): Buffer[] => {
  const all: Buffer[] = []
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = sizes[n % sizes.length] ?? 1
    all.push(bytes.subarray(at, at + size))
    at += size
  }
  return all
}

const frameOf = (type: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt8(type)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('Frames', () => {
  it('are read as they were written, however the pipe cuts them', () => {
    const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 7 }), fc.uint8Array({ maxLength: 60 })), {
      maxLength: 10,
    })
    fc.assert(
      fc.property(frames, sizes, (sent, cuts) => {
        const got: [number, Uint8Array][] = []
        const read = frameReader((type, body) => got.push([type, Uint8Array.from(body)]))

        for (const piece of pieces(Buffer.concat(sent.map(([type, body]) => frameOf(type, body))), cuts)) read(piece)

        expect(got).to.deep.equal(sent)
      }),
    )
  })

  it('are refused when they are too long to be true', () => {
    const head = Buffer.alloc(5)
    head.writeUInt32BE(LONGEST_FRAME + 1, 1)

    expect(() => frameReader(() => {})(head)).to.throw('A frame of 33554433 bytes')
  })

  it('bring requests as they were sent', () => {
    const requests = fc.array(fc.tuple(fc.string(), fc.uint8Array({ maxLength: 100 })), { maxLength: 8 })
    fc.assert(
      fc.property(requests, sizes, (sent, cuts) => {
        const got: [string, Uint8Array][] = []
        const read = requestReader((request, payload) =>
          got.push([(request as { requestId: string }).requestId, Uint8Array.from(payload)]),
        )
        const request = (requestId: string): RuntimeRequest => ({
          kind: 'invoke',
          requestId,
          functionArn: '',
          remaining: 0,
          traceId: '',
        })

        for (const piece of pieces(Buffer.concat(sent.map(([id, body]) => encodeRequest(request(id), body))), cuts))
          read(piece)

        expect(got).to.deep.equal(sent)
      }),
    )
  })
})

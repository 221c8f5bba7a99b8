import { expect } from 'chai'
import { bmp, canMakePictures, jpegWithExif } from '../../../tests/pictures.ts'
import { readHead } from './head.ts'

describe('readHead', () => {
  it('reads type and size', () => {
    expect(readHead(bmp())).to.include({ type: 'bmp', width: 400, height: 300 })
  })

  it('reads nothing of what lies in memory behind a file', () => {
    const memory = Buffer.concat([bmp().subarray(0, 20), Buffer.from('secret: do not tell')])

    expect(() => readHead(memory.subarray(0, 20))).to.throw(RangeError)
  })

  it('takes a JPEG whose EXIF is cut off', async function () {
    if (!(await canMakePictures())) this.skip()
    const file = await jpegWithExif('II', 8, 3, 6)
    const cut = Buffer.concat([file.subarray(0, 24), file.subarray(38)])
    cut.writeUInt16BE(20, 4)

    expect(readHead(new Uint8Array(cut))).to.include({ type: 'jpg', width: 400, height: 300 })
  })
})

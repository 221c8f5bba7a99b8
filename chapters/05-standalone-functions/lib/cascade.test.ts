/// <reference path="./jsfeat.d.ts" />
import { expect } from 'chai'
import jsfeat from 'jsfeat'
import { readCascade } from './cascade.ts'

describe('the cascade', () => {
  it('is the one that comes with the library, but for points that there are not', async () => {
    const before = Reflect.get(globalThis, 'jsfeat')
    Object.assign(globalThis, { jsfeat })
    await import('jsfeat/cascades/bbf_face.js')
    Object.assign(globalThis, { jsfeat: before })
    const { stage_classifier: theirs, ...head } = jsfeat.bbf.face_cascade

    const { stage_classifier: ours, ...ourHead } = readCascade()

    const bare = ({ pz, nz, px, py, nx, ny, size }: Feature) => {
      const only = (values: number[], halved: number[]) => values.map((value, i) => ((halved[i] ?? -1) < 0 ? 0 : value))
      return { size, pz, nz, px: only(px, pz), py: only(py, pz), nx: only(nx, nz), ny: only(ny, nz) }
    }
    expect(ourHead).to.deep.equal({ count: 16, width: 24, height: 24 }).and.to.deep.equal(head)
    expect(ours).to.deep.equal(
      theirs.map(({ count, threshold, feature, alpha }) => ({ count, threshold, feature: feature.map(bare), alpha })),
    )
  })
})

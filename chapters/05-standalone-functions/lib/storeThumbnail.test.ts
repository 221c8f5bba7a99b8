import { expect } from 'chai'
import { boxOf } from './storeThumbnail.ts'

describe('boxOf', () => {
  for (const [metadata, box] of [
    [{}, [200, 200]],
    [{ width: '100', height: '50' }, [100, 50]],
    [{ width: '100' }, [100, 200]],
    [{ width: '0', height: '-5' }, [200, 200]],
    [{ width: 'wide', height: '' }, [200, 200]],
    [{ width: 'Infinity', height: '1e3' }, [200, 1000]],
  ] as const)
    it(`takes ${JSON.stringify(metadata)} as a box of ${box.join(' × ')}`, () => {
      expect(boxOf(metadata as Record<string, string>)).to.deep.equal({ width: box[0], height: box[1] })
    })
})

import { expect } from 'chai'
import { functionNamed } from './application.ts'

describe('functionNamed', () => {
  it('finds a function by its own name and by its logical ID', () => {
    expect(functionNamed('faceDetection').logicalId).to.equal('FaceDetection')
    expect(functionNamed('CreateThumbnailBasic').name).to.equal('createThumbnail')
  })

  it('lists those that share a handler, and only those', () => {
    expect(() => functionNamed('createThumbnail')).to.throw(
      'Several functions share the handler createThumbnail: give the logical ID. Chapter and function:\n  05  CreateThumbnailPremium\n  05  CreateThumbnailBasic',
    )
  })

  it('lists all for a name that is none', () => {
    expect(() => functionNamed('nobody')).to.throw(
      /^There is no function "nobody"\. Chapter and function:\n {2}01 {2}sum\n/,
    )
  })
})

import { expect } from 'chai'
import { deployedApi } from './fixture.ts'
import { createRouter } from './router.ts'

describe('routing', () => {
  const api = deployedApi({
    methods: {
      'GET /': {},
      'GET /books': {},
      'ANY /books/{id}': {},
      'GET /books/new': {},
      'GET /books/{id}/pages/{page}': {},
      'GET /files/{proxy+}': {},
      'GET /files/readme': {},
      'POST /files/readme/lines': {},
      'GET /%C3%A9t%C3%A9': {},
    },
  })
  const router = createRouter([...api.resources, { id: 'empty', path: '/files/readme/empty' }])
  const found = (method: string, path: string) => {
    const route = router.find(method, path)
    return route && [route.resource.path, Object.fromEntries(route.pathParameters)]
  }

  for (const [method, path, wanted] of [
    ['GET', '/', ['/', {}]],
    ['GET', '/books', ['/books', {}]],
    ['GET', '/books/', ['/books', {}]],
    ['GET', '/books/new', ['/books/new', {}]],
    ['GET', '/books/5', ['/books/{id}', { id: '5' }]],
    ['DELETE', '/books/5', ['/books/{id}', { id: '5' }]],
    ['GET', '/books/a%2Fb%20c', ['/books/{id}', { id: 'a/b c' }]],
    ['GET', '/books/100%', ['/books/{id}', { id: '100%' }]],
    ['GET', '/books/5/pages/7', ['/books/{id}/pages/{page}', { id: '5', page: '7' }]],
    ['GET', '/files/a/b%20c', ['/files/{proxy+}', { proxy: 'a/b c' }]],
    ['GET', '/files/readme', ['/files/readme', {}]],
    ['GET', '/files/readme/other', ['/files/{proxy+}', { proxy: 'readme/other' }]],
    ['GET', '/files/readme/empty', ['/files/{proxy+}', { proxy: 'readme/empty' }]],
    ['GET', '/%C3%A9t%C3%A9', ['/%C3%A9t%C3%A9', {}]],
    ['POST', '/books', undefined],
    ['POST', '/books/new', undefined],
    ['GET', '/files', undefined],
    ['GET', '/files/', undefined],
    ['GET', '/books/5/pages', undefined],
    ['GET', '/books//pages/1', undefined],
    ['GET', '/constructor', undefined],
    ['constructor', '/books', undefined],
  ] as const)
    it(`${method} ${path}`, () => {
      expect(found(method, path)).to.deep.equal(wanted)
    })
})

import { expect } from 'chai'
import { isOwnHost } from './ownHosts.ts'

describe("the console's own host", () => {
  for (const host of ['127.0.0.1', 'localhost'])
    it(`is ${host}`, () => {
      expect(isOwnHost(host)).to.equal(true)
    })

  for (const host of ['', 'a.s3-website.localhost', 'a.execute-api.localhost', '172.17.0.1', 'localhost.example.com'])
    it(`is not "${host}"`, () => {
      expect(isOwnHost(host)).to.equal(false)
    })
})

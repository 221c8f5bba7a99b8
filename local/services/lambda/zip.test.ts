import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { type Zippable, zipSync } from 'fflate'
import { unpack } from './zip.ts'

const UNREADABLE = 'Could not unzip uploaded file. Please check your file, then try to upload again.'
const text = (value: string) => new TextEncoder().encode(value)

/** Writes `value` over every little-endian 32-bit `old`. */
const patched = (zip: Uint8Array, old: number, value: number): Uint8Array => {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  for (let at = 0; at < zip.length - 3; at++) if (view.getUint32(at, true) === old) view.setUint32(at, value, true)
  return zip
}

describe('unpack', () => {
  let outside: string
  let folder: string
  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'zip-test-'))
    folder = join(outside, 'package')
  })
  afterEach(() => rmSync(outside, { recursive: true, force: true }))
  const refused = (zip: Uint8Array, message = UNREADABLE) => {
    expect(() => unpack(zip, folder))
      .to.throw(message)
      .with.property('code', 'InvalidParameterValueException')
    expect(existsSync(folder)).to.equal(false)
  }

  it('writes files and folders, and keeps what may be run', () => {
    const files: Zippable = {
      'index.mjs': text('export const handler = 1'),
      'lib/deep/data.bin': new Uint8Array(100_000).fill(7),
      'empty.txt': text(''),
      'folder/': new Uint8Array(),
      'bin/tool': [text('#!/bin/sh'), { os: 3, attrs: 0o100755 << 16 }],
    }

    unpack(zipSync(files), folder)

    expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).to.equal('export const handler = 1')
    expect(readFileSync(join(folder, 'lib/deep/data.bin')).equals(Buffer.alloc(100_000, 7))).to.equal(true)
    expect(readFileSync(join(folder, 'empty.txt'))).to.have.length(0)
    expect(statSync(join(folder, 'folder')).isDirectory()).to.equal(true)
    expect(statSync(join(folder, 'bin/tool')).mode & 0o111).to.equal(0o111)
    expect(statSync(join(folder, 'index.mjs')).mode & 0o111).to.equal(0)
  })

  it('takes files that are stored, not deflated', () => {
    unpack(zipSync({ a: [text('stored'), { level: 0 }] }), folder)

    expect(readFileSync(join(folder, 'a'), 'utf8')).to.equal('stored')
  })

  for (const name of ['../evil', 'a/../../evil', '/etc/evil', 'a/./b', 'C:/evil', '..\\evil', 'a//b', 'a\0b'])
    it(`refuses the name ${JSON.stringify(name)}`, () => {
      refused(zipSync({ good: text('x'), [name]: text('evil') }))

      expect(existsSync(join(outside, 'evil'))).to.equal(false)
    })

  it('refuses symbolic links', () => {
    const link: Zippable = { link: [text('/etc'), { os: 3, attrs: 0o120777 << 16 }], 'link/passwd': text('evil') }

    refused(zipSync(link), 'The local cloud takes no packages with symbolic links: link')
  })

  it('refuses two entries for one path', () => {
    refused(zipSync({ a: text('1'), 'a/b': text('2') }))
  })

  it('refuses more than 250 MB by what the entries say', () => {
    const zip = patched(zipSync({ a: text('x'.repeat(4321)) }), 4321, 262_144_000)

    refused(zip, 'Unzipped size must be smaller than 262144000 bytes')
  })

  it('stops a bomb whose entry says less than there is', () => {
    const zip = patched(zipSync({ a: [new Uint8Array(60_000_000), { level: 9 }] }), 60_000_000, 10)
    const began = performance.now()

    refused(zip)

    expect(performance.now() - began).to.be.lessThan(100)
  })

  it('refuses a wrong sum, an encrypted entry, an unknown method', () => {
    const zip = zipSync({ a: [text('hello hello hello'), { level: 0 }] })
    const spoilt = zip.slice()
    spoilt[zip.indexOf('h'.charCodeAt(0), 30)] = 'j'.charCodeAt(0)
    refused(spoilt)
    const central = zip.lastIndexOf(0x50, zip.length - 23)
    for (const [field, value] of [
      [8, 1],
      [10, 12],
    ] as const) {
      const other = zip.slice()
      other[central + field] = value
      refused(other)
    }
  })

  it('refuses what is no zip, an empty one, and one that is cut anywhere', () => {
    const zip = zipSync({ a: text('hello'), b: text('world') })
    refused(new Uint8Array())
    refused(text('this is not a zip file at all'))
    refused(zipSync({}), 'Uploaded file must be a non-empty zip')
    for (let length = 0; length < zip.length; length += 7) refused(zip.subarray(0, length))
  })

  it('unpacks or refuses whatever comes, and writes nothing outside', () => {
    const zip = zipSync({ 'a/b': text('hello hello hello'), c: text('world') })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
        const other = zip.slice()
        for (const [at, value] of changes) other[at] = value
        try {
          unpack(other, folder)
        } catch (error) {
          expect(error).to.have.property('code', 'InvalidParameterValueException')
        }
        rmSync(folder, { recursive: true, force: true })
      }),
      { numRuns: 400 },
    )
    expect(readdirSync(outside)).to.deep.equal([])
  })
})

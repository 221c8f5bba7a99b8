import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deflateSync } from 'node:zlib'
import { expect } from 'chai'
import { build } from 'esbuild'
import { parse } from 'yaml'
import * as library from '../chapters/05-standalone-functions/lib/thumbnail.ts'
import { esbuildOptions } from '../local/execution/options.ts'
import { root, templateFile } from '../scripts/lib/application.ts'
import * as pictures from './pictures.ts'

const box = { width: 200, height: 200 }

/** Palette and pixels of a BMP, whatever its bits are. */
const NOISE = Buffer.from(Array.from({ length: 2048 }, (_, i) => (i * 37) & 255))
const colours = (bits: number) => ({ colours: bits <= 8 ? 2 ** bits : 0 })
/** A palette of 256 colours, then eight rows of sixteen pixels of one colour each, and the end. */
const RUNS = Buffer.concat([
  NOISE.subarray(0, 1024),
  Buffer.from([...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((color) => [16, color, 0, 0]), 0, 1]),
])

describe('pictures in the bundle of a function, where small modules stand for packages that jimp brings', () => {
  let folder: string
  let bundled: typeof library

  before(async function () {
    if (!(await pictures.canMakePictures())) this.skip()
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
    folder = mkdtempSync(join(root, 'node_modules/.cache/pictures-'))
    const template = parse(readFileSync(templateFile, 'utf8'), { logLevel: 'silent' })
    const { outExtension: _, ...options } = esbuildOptions(template.Metadata.Bundle.esbuild.BuildProperties)
    const outfile = join(folder, 'index.mjs')
    const absWorkingDir = join(root, 'chapters/05-standalone-functions')
    const { metafile } = await build({
      ...{ ...options, absWorkingDir, outfile, metafile: true },
      entryPoints: ['lib/thumbnail.ts'],
    })
    bundled = await import(pathToFileURL(outfile).href)
    const packages = Object.keys(metafile?.inputs ?? {}).join('\n')
    expect(packages).to.contain('node_modules/@jimp/core/')
    expect(packages).to.not.match(/node_modules\/(exif-parser|file-type|image-q|mime|pako|tinycolor2|zod)\//)
  })
  after(() => folder && rmSync(folder, { recursive: true, force: true }))

  for (const [name, make] of [
    ['a JPEG', () => pictures.picture('jpeg')],
    ['a progressive JPEG', () => pictures.progressiveJpeg()],
    ['a PNG', () => pictures.picture('png')],
    ['a PNG that is half transparent', () => pictures.transparentPng()],
    ['a JPEG in CMYK', () => pictures.cmykJpeg()],
    ['a grey JPEG', () => pictures.greyJpeg()],
    ['an interlaced PNG', () => pictures.interlacedPng()],
    ...([1, 2, 4, 8, 16] as const).map((bits) => [`a PNG of ${bits} bits`, () => pictures.pngOfDepth(bits)] as const),
    ['a TIFF', () => pictures.picture('tiff')],
    ...(['none', 'lzw', 'deflate', 'packbits', 'jpeg'] as const).flatMap((compression) =>
      [false, true].map(
        (tile) =>
          [
            `a TIFF in ${tile ? 'tiles' : 'strips'}, compressed by ${compression}`,
            () => pictures.tiffOf({ compression, tile }),
          ] as const,
      ),
    ),
    ['a BMP', async () => pictures.bmp()],
    ...([1, 4, 8, 16, 32] as const).map(
      (bits) => [`a BMP of ${bits} bits`, async () => pictures.bmpOf([16, 8], bits, NOISE, colours(bits))] as const,
    ),
    ['a BMP of 8 bits, run by run', async () => pictures.bmpOf([16, 8], 8, RUNS, { colours: 256, compression: 1 })],
    ['a JPEG whose EXIF begins elsewhere', () => pictures.jpegWithExif('MM', 20, 4, 8)],
    ...[2, 3, 4, 5, 6, 7, 8].map(
      (orientation) =>
        [`a JPEG of the EXIF orientation ${orientation}`, () => pictures.orientedJpeg(orientation)] as const,
    ),
  ] as const)
    it(`are the same as without the bundle: ${name}`, async () => {
      const file = await make()

      const { bytes, contentType } = await bundled.makeThumbnail(file, box)

      const expected = await library.makeThumbnail(file, box)
      expect(contentType).to.equal(expected.contentType)
      expect(bytes.equals(expected.bytes)).to.equal(true)
    })

  it('are GIFs of the right colours', async () => {
    const { bytes, contentType } = await bundled.makeThumbnail(await pictures.picture('gif'), box)

    expect(contentType).to.equal('image/gif')
    expect(await pictures.seen(bytes)).to.include({ format: 'gif', width: 200, height: 150 })
    expect((await pictures.seen(bytes)).quarters).to.deep.equal(pictures.UPRIGHT)
  })

  for (const [name, make] of [
    ['a GIF', () => pictures.picture('gif', 800, 600)],
    ['a TIFF compressed by zlib', () => pictures.deflatedTiff(800, 600)],
    ['a JPEG', () => pictures.picture('jpeg')],
    ['a PNG', () => pictures.picture('png')],
    ['a BMP', async () => pictures.bmp()],
    ['text', async () => Buffer.from('not a picture')],
  ] as const)
    it(`refuse ${name} of which only the beginning came, by the same words`, async () => {
      const beginning = (await make()).subarray(0, 200)

      const error = await bundled.makeThumbnail(beginning, box).catch((error: Error) => error)

      const expected = await library.makeThumbnail(beginning, box).catch((error: Error) => error)
      expect(error).to.include({ name: 'NotAPicture', message: (expected as Error).message })
    })

  it('are the first of a PNG that moves, which the package knows as another format', async () => {
    const pixels = deflateSync(Buffer.alloc(8 * 25))
    const moves = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])
    const file = pictures.pngOf(pictures.pngHead(8, 8), ['acTL', moves], ['IDAT', pixels])

    expect(await pictures.seen((await bundled.makeThumbnail(file, box)).bytes)).to.include({ width: 8, height: 8 })
  })
})

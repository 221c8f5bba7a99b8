import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import { build } from 'esbuild'
import { parse } from 'yaml'
import * as library from '../chapters/05-standalone-functions/lib/thumbnail.ts'
import { esbuildOptions } from '../local/execution/options.ts'
import { root, templateFile } from '../scripts/lib/application.ts'
import * as pictures from './pictures.ts'

const box = { width: 200, height: 200 }

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
    ['a TIFF', () => pictures.picture('tiff')],
    ['a TIFF compressed by zlib', () => pictures.deflatedTiff()],
    ['a BMP', async () => pictures.bmp()],
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
    ['text', async () => Buffer.from('not a picture')],
  ] as const)
    it(`refuse ${name} of which only a half came`, async () => {
      const whole = await make()

      const error = await bundled.makeThumbnail(whole.subarray(0, whole.length / 2), box).catch((error: Error) => error)

      expect((error as Error).name).to.equal('NotAPicture')
    })
})

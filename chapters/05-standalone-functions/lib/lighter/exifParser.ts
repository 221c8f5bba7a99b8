import { imageSize } from 'image-size'

/** What jimp asks of exif-parser, which reads all that a camera writes (21 KB): how a JPEG is to be turned, 1 to 8. */
const create = (file: Uint8Array) => ({
  parse: () => {
    const { type, orientation } = imageSize(file)
    return { tags: { Orientation: type === 'jpg' ? orientation : undefined } }
  },
})

/** In the place of the package's own, by `template.yaml` (Alias). */
export default { create }

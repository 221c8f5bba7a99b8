import { TYPES } from '../types.ts'

/** What jimp asks of mime, which knows a thousand types of files (10 KB): in which format to write a file, by its name. */
const getType = (path: string): string | null => {
  const ending = path.replace(/^.*\./, '').toLowerCase().replace('jpeg', 'jpg').replace(/^tif$/, 'tiff')
  return TYPES[ending as keyof typeof TYPES] ?? null
}

/** In the place of the package's own, by `template.yaml` (Alias). */
export default { getType }

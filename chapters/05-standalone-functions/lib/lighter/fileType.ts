import { readHead } from '../head.ts'
import { TYPES } from '../types.ts'

/**
 * What jimp asks of file-type, which knows a hundred formats (75 KB with what it needs): whose decoder a picture needs.
 * `template.yaml` puts it in its place (Alias).
 * @throws TypeError for what is no picture
 */
export const fileTypeFromBuffer = async (bytes: Uint8Array): Promise<{ mime: string } | undefined> => {
  const mime = TYPES[readHead(bytes).type as keyof typeof TYPES]
  return mime && { mime }
}

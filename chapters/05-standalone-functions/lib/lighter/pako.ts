import { inflateRawSync } from 'node:zlib'

/**
 * What the decoder of TIFF asks of pako: zlib written in JavaScript (45 KB), for browsers. Node has zlib itself.
 * `template.yaml` puts it in its place (Alias).
 * @throws Error from zlib, also for what ends too soon
 */
export const inflateRaw = (data: Uint8Array): Uint8Array => inflateRawSync(data)

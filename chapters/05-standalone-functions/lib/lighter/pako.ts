import { inflateRawSync } from 'node:zlib'

/** What 24 megapixels take, the most that is decoded, at 16 bits a channel: a strip that inflates to more is a bomb. */
const MOST = 24_000_000 * 8

/**
 * What the decoder of TIFF asks of pako: zlib written in JavaScript (45 KB), for browsers. Node has zlib itself.
 * `template.yaml` puts it in its place (Alias).
 * @throws Error from zlib, also for what ends too soon; RangeError for too much
 */
export const inflateRaw = (data: Uint8Array): Uint8Array => inflateRawSync(data, { maxOutputLength: MOST })

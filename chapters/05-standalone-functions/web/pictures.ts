/** A picture that the page shows. */
export interface Shown {
  title: string
  /** What is seen, for those who do not see it. */
  alternative: string
  /** An address that begins with http: or https:. */
  url: string
}

/** What the page shows, and what it says above. */
export interface Contents {
  pictures: Shown[]
  message: string
}

const USE = 'This page shows the two pictures that its address names: ?before=https://…&after=https://…'

/** The address of a picture, or nothing for what a browser would not load as one from the web, or would run. */
const webAddress = (text: string): string | undefined => {
  const url = URL.parse(text)
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.href : undefined
}

/**
 * What the page shows for an address `?before=…&after=…`: the picture that faceDetection was given, and the one it gave.
 * @param query the part of the page's address from the question mark on, written by anybody
 */
export const contentsOf = (query: string): Contents => {
  const given = new URLSearchParams(query)
  const [before, after] = [given.get('before') ?? '', given.get('after') ?? '']
  if (!before && !after) return { pictures: [], message: USE }
  const [beforeUrl, afterUrl] = [webAddress(before), webAddress(after)]
  const wrong = [before && !beforeUrl && 'before', after && !afterUrl && 'after'].filter((name) => name)
  const picture = (title: string, alternative: string, url: string | undefined): Shown[] =>
    url ? [{ title, alternative, url }] : []
  if (beforeUrl && beforeUrl === afterUrl)
    return {
      pictures: picture('Before and after', 'The picture as it was given', beforeUrl),
      message: 'No face was found: the picture is the same before and after.',
    }
  return {
    pictures: [
      ...picture('Before', 'The picture as it was given', beforeUrl),
      ...picture('After', 'The same picture with a white rectangle around each face', afterUrl),
    ],
    message: wrong.length > 0 ? `Not shown, as it is no http or https address: ${wrong.join(' and ')}.` : '',
  }
}

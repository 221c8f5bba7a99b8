const OWN = new Set(['127.0.0.1', 'localhost'])

/**
 * Whether a host, in lower case and without its port, is the one at which the console is, whose pages share an origin with
 * every object that a browser opens there by its path. Websites, APIs and buckets have names of their own under localhost;
 * containers come by another address, which is not for pages.
 */
export const isOwnHost = (host: string): boolean => OWN.has(host)

/** What every browser shows, and thumbnails are made of: the functions and the page agree on it. */
export const TYPES = ['image/jpeg', 'image/png', 'image/gif'] as const

/** The largest picture that is read, in bytes: it is held in memory as a whole. */
export const LARGEST = 50 * 1024 * 1024

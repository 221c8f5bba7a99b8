/**
 * What a mail's link has brought: two parameters of the page's address, written by anybody.
 * @param token `verify` or `lost`
 * @returns nothing where the link is incomplete, as when a mail program has cut it
 */
export const linkOf = (search: string, token: 'verify' | 'lost'): { email: string; token: string } | undefined => {
  const given = new URLSearchParams(search)
  const [email, value] = [given.get('email') ?? '', given.get(token) ?? '']
  return email && value ? { email, token: value } : undefined
}

export const INCOMPLETE =
  'The link is incomplete. Open it from your mail again, or copy the whole address into your browser.'

/** What went wrong, in words for the person at the page. The page is a lesson: AWS's own message tells most. */
export const wordsOf = (error: unknown): string => {
  const { name, message } = error as Error
  const neverArrived = error instanceof TypeError || ['NetworkError', 'TimeoutError', 'AbortError'].includes(name)
  if (neverArrived) return 'AWS cannot be reached: is the local cloud, or your network, there?'
  return name === 'Error' ? message : `A call failed with ${name}: ${message}`
}

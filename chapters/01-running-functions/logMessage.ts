interface Message {
  message: string
}

/**
 * Writes a message to its log; nobody waits for an answer, so there is none. Chapter 1.
 * @throws TypeError when the message is no text.
 */
export const handler = async (event: Partial<Message> | null): Promise<void> => {
  const message: unknown = event?.message
  if (typeof message !== 'string')
    throw new TypeError(`message must be a string, but is ${JSON.stringify(message) ?? 'missing'}`)
  console.log(message)
}

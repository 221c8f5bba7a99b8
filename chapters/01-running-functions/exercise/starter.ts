/** Adds two values. */
export const handler = async (event: { value1: number; value2: number }): Promise<number> => event.value1 + event.value2

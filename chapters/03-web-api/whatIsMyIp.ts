/**
 * Says which address a request came from. It knows nothing of HTTP: the API's mapping template puts the address into the
 * event. Listing 3.1.
 * @param event `{ "myip": "1.1.1.1" }`; the test call of API Gateway gives `test-invoke-source-ip`.
 * @returns the address, as it came
 * @throws TypeError when there is none
 */
export const handler = async (event: { myip?: string } | null): Promise<string> => {
  const myip = event?.myip
  if (typeof myip !== 'string' || myip === '')
    throw new TypeError(`myip must be an address, but is ${JSON.stringify(myip)}`)
  return myip
}

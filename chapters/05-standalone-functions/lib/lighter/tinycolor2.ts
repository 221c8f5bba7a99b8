/**
 * What jimp asks of tinycolor2, which reads colours as CSS names them (15 KB): no function here has any. `template.yaml`
 * puts it in its place (Alias).
 * @throws Error always
 */
export default (color: unknown): never => {
  throw new Error(`the colour ${JSON.stringify(color)} must be a number: 0xff0000ff is red`)
}

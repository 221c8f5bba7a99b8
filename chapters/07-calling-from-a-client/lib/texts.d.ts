/** A template, as text: by esbuild's loader in a bundle (`Loader` in the template), by `tests/texts.ts` in tests. */
declare module '*.ejs' {
  const text: string
  export default text
}

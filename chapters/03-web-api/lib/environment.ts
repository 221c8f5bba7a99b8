/** A variable of the function's environment. @throws Error at the cold start when the template does not set it. */
export const environment = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`the environment variable ${name} is not set: see the function in template.yaml`)
  return value
}

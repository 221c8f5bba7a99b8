/** Where a function's code is: local sources to bundle, a local folder as it is, or a package under the state's folder. */
export type StoredCode =
  | { kind: 'source'; folder: string; build: Record<string, unknown> }
  | { kind: 'folder'; folder: string }
  | { kind: 'package'; id: string; sha256: string; size: number }

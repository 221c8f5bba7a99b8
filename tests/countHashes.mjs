import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

// Loaded before a function (NODE_OPTIONS), this logs each computation of a password's hash with its cost.
const { scrypt, pbkdf2 } = crypto
crypto.scrypt = (...all) => {
  console.log(`hash: scrypt N=${all[3].N} r=${all[3].r} p=${all[3].p}`)
  return scrypt(...all)
}
crypto.pbkdf2 = (...all) => {
  console.log(`hash: pbkdf2 rounds=${all[2]}`)
  return pbkdf2(...all)
}
syncBuiltinESMExports()

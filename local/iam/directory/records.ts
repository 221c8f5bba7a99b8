export interface Tag {
  Key: string
  Value: string
}

/** Documents are kept as they were sent. Times in ms since the epoch. */
export interface Role {
  account: string
  name: string
  /** `AROA…` */
  id: string
  /** `/service-role/` */
  path: string
  arn: string
  description?: string
  created: number
  /** seconds */
  maxSession: number
  trust: string
  /** ARN of the managed policy that is its permissions boundary. */
  boundary?: string
  tags: Tag[]
  /** Inline policies, by the order of their names. */
  inline: { name: string; document: string }[]
  /** ARNs of managed policies, in the order attached. */
  attached: string[]
}

export interface PolicyVersion {
  /** `v1` */
  id: string
  document: string
  created: number
}

export interface ManagedPolicy {
  /** `aws` for AWS's own. */
  account: string
  arn: string
  name: string
  path: string
  /** `ANPA…` */
  id: string
  description?: string
  created: number
  updated: number
  /** The version in force. */
  default: string
  /** The number of the next version. */
  next: number
  versions: PolicyVersion[]
  tags: Tag[]
}

/** The document that is in force. */
export const documentOf = ({ versions, default: id }: ManagedPolicy): string =>
  versions.find((version) => version.id === id)?.document ?? ''

/** A provider of OpenID Connect whose tokens roles may trust. Times in ms since the epoch. */
export interface OpenIdProvider {
  account: string
  arn: string
  /** Its address without `https://`: `accounts.google.com`. */
  name: string
  /** The applications whose tokens count. */
  clients: string[]
  thumbprints: string[]
  created: number
  tags: Tag[]
}

/** A virtual MFA device: an authenticator app that knows the seed. Times in ms since the epoch. */
export interface MfaDevice {
  account: string
  /** Its ARN: `arn:aws:iam::123456789012:mfa/phone`. */
  serial: string
  name: string
  /** base32 */
  seed: string
  created: number
  tags: Tag[]
  /** Whose it is, and since when; of a device that is enabled. */
  owner?: { user: string; since: number }
  /** The latest step whose code was taken: no code counts twice. */
  used: number
  /** How many steps its clock is off. */
  drift: number
}

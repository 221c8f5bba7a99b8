/** A policy document as AWS defines it (IAM JSON policy elements reference). */
export interface Policy {
  Version?: string
  Id?: string
  Statement: Statement | Statement[]
}

export type OneOrMany<T> = T | T[]
export type ConditionBlock = Record<string, Record<string, OneOrMany<string | number | boolean>>>
export type PrincipalElement = '*' | Record<string, OneOrMany<string>>

export interface Statement {
  Sid?: string
  Effect: 'Allow' | 'Deny'
  Principal?: PrincipalElement
  NotPrincipal?: PrincipalElement
  Action?: OneOrMany<string>
  NotAction?: OneOrMany<string>
  Resource?: OneOrMany<string>
  NotResource?: OneOrMany<string>
  Condition?: ConditionBlock
}

/** A policy and where it comes from, so that a decision can name it. */
export interface PolicySource {
  /** What a person calls it: `CreateThumbnailRole: inline policy CreateThumbnailPolicy0`, `bucket policy of pictures`. */
  name: string
  /**
   * `identity`: of the caller (in one account it allows alone). `boundary`, `session`: limits of what identity allows.
   * `resource`: of the target (in one account it allows alone, too). `trust`: of a role or a key; must itself allow.
   */
  kind: 'identity' | 'boundary' | 'session' | 'resource' | 'trust'
  policy: Policy
}

/** Values of condition keys. Keys are compared without case; several values for the keys that AWS calls multivalued. */
export type ConditionKeys = Record<string, string | string[] | undefined>

/** What a call must be allowed to do: action, ARN of the resource (`*` where the action has none), keys of this call. */
export type Access = readonly [action: string, resource: string, keys?: ConditionKeys]

/** Who makes a call. */
export type Caller =
  | {
      kind: 'user'
      arn: string
      account: string
      userId: string
      accessKeyId?: string
      /** Of a user's session (STS, GetSessionToken): its condition keys. Long-term keys have none. */
      keys?: ConditionKeys
    }
  | {
      kind: 'role'
      /** `arn:aws:sts::123456789012:assumed-role/<role>/<session>` */
      arn: string
      account: string
      /** `arn:aws:iam::123456789012:role/<role>` */
      roleArn: string
      /** `<role id>:<session name>` */
      userId: string
      accessKeyId?: string
      /** Policies given when the session began; they limit the role. */
      sessionPolicies: PolicySource[]
      /** Condition keys that the session carries: federated claims, `aws:TokenIssueTime`, tags. */
      keys: ConditionKeys
    }
  | {
      /** An AWS service that acts by itself: `s3.amazonaws.com` delivering a notification. */
      kind: 'service'
      principal: string
      account: string
      /** Condition keys `aws:SourceArn` and `aws:SourceAccount`. */
      sourceArn?: string
      sourceAccount?: string
    }
  | {
      kind: 'anonymous'
      account: string
      /**
       * Whose token an unsigned caller brings to take on a role (`sts:AssumeRoleWithWebIdentity`), as the element
       * `Federated` names it: `cognito-identity.amazonaws.com`.
       */
      provider?: string
    }

export type Outcome = 'allow' | 'explicitDeny' | 'implicitDeny'

/** Which statement of which policy. `index` counts from 0. */
export interface StatementName {
  policy: string
  kind: PolicySource['kind']
  index: number
  sid?: string
  statement: Statement
}

/** What IAM says to one question, and why. */
export interface Decision {
  outcome: Outcome
  allowed: boolean
  action: string
  resource: string
  /** The statement that allowed or denied. */
  decidedBy?: StatementName
  /** When nothing allows: the Allow statement that came nearest, and what did not fit. */
  nearest?: StatementName & { missed: string }
  /** The clause of AWS's message: `no identity-based policy allows the s3:PutObject action`. */
  because: string
  /** One sentence for people: `denied: no statement allows s3:PutObject on …; nearest: …`. */
  reason: string
}

import { unlessGone } from '../gone.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import { policyArn } from './names.ts'
import { type Document, gone, refuseUnrealised, written } from './resourceHelp.ts'
import type { IamStore } from './store.ts'

interface Properties {
  PolicyName?: string
  PolicyDocument?: Document
  Roles?: string[]
  RoleName?: string
  ManagedPolicyName?: string
  Path?: string
  Description?: string
}
type PolicyCall = ResourceCall<IamStore>

const propertiesOf = ({ properties }: Pick<Resource, 'properties'>): Properties => properties
/** There are no users but `local` and no groups that a policy could hang on. */
const UNREALISED = ['Groups', 'Users']

const putInline = async (
  PolicyName: string,
  roles: readonly string[],
  document: Document | undefined,
  call: PolicyCall,
) => {
  for (const RoleName of roles)
    await call.cloud('iam').PutRolePolicy({ RoleName, PolicyName, PolicyDocument: written(document) })
}

const takeInline = async (PolicyName: string, roles: readonly string[], call: PolicyCall) => {
  for (const RoleName of roles) await unlessGone(() => call.cloud('iam').DeleteRolePolicy({ RoleName, PolicyName }))
}

/** `AWS::IAM::Policy`: an inline policy of several roles. Ref gives the physical id. */
export const policyResource: ResourceType<IamStore> = {
  properties: ['Groups', 'PolicyDocument', 'PolicyName', 'Roles', 'Users'],
  async create(resource, call) {
    refuseUnrealised(resource, UNREALISED)
    const { PolicyName = '', Roles = [], PolicyDocument } = propertiesOf(resource)
    await putInline(PolicyName, Roles, PolicyDocument, call)
    return { physicalId: resource.physicalId, attributes: { Id: resource.physicalId } }
  },
  async update(resource, earlier, call) {
    refuseUnrealised(resource, UNREALISED)
    const { PolicyName = '', Roles = [], PolicyDocument } = propertiesOf(resource)
    const before = propertiesOf(earlier)
    await putInline(PolicyName, Roles, PolicyDocument, call)
    const stays = before.PolicyName === PolicyName ? Roles : []
    await takeInline(before.PolicyName ?? '', gone(before.Roles, stays), call)
    return { physicalId: earlier.physicalId, attributes: { Id: earlier.physicalId } }
  },
  async delete(resource, call) {
    const { PolicyName = '', Roles = [] } = propertiesOf(resource)
    await takeInline(PolicyName, Roles, call)
  },
}

const idOf = ({ PolicyName = '', RoleName = '' }: Properties): string => `${PolicyName}|${RoleName}`

/** `AWS::IAM::RolePolicy`: an inline policy of one role. Ref gives `<policy>|<role>`. */
export const rolePolicyResource: ResourceType<IamStore> = {
  properties: ['PolicyDocument', 'PolicyName', 'RoleName'],
  replacedBy: ['PolicyName', 'RoleName'],
  async create(resource, call) {
    const { PolicyName = '', RoleName = '', PolicyDocument } = propertiesOf(resource)
    await putInline(PolicyName, [RoleName], PolicyDocument, call)
    return { physicalId: idOf(propertiesOf(resource)) }
  },
  async update(resource, earlier, call) {
    const { PolicyName = '', RoleName = '', PolicyDocument } = propertiesOf(resource)
    await putInline(PolicyName, [RoleName], PolicyDocument, call)
    return { physicalId: earlier.physicalId }
  },
  async delete(resource, call) {
    const { PolicyName = '', RoleName = '' } = propertiesOf(resource)
    await takeInline(PolicyName, [RoleName], call)
  },
}

/** A stack that ended within a creation knows the name only. */
const arnOf = ({ physicalId, properties }: Resource, { account }: PolicyCall): string =>
  physicalId.startsWith('arn:') ? physicalId : policyArn(account, propertiesOf({ properties }).Path ?? '/', physicalId)

const created = async (PolicyArn: string, call: PolicyCall): Promise<Created> => {
  const { Policy } = await call.cloud('iam').GetPolicy({ PolicyArn })
  return {
    physicalId: PolicyArn,
    attributes: {
      PolicyArn,
      PolicyId: Policy?.PolicyId,
      DefaultVersionId: Policy?.DefaultVersionId,
      AttachmentCount: Policy?.AttachmentCount,
      PermissionsBoundaryUsageCount: Policy?.PermissionsBoundaryUsageCount,
      IsAttachable: Policy?.IsAttachable,
      CreateDate: Policy?.CreateDate?.toISOString(),
      UpdateDate: Policy?.UpdateDate?.toISOString(),
    },
  }
}

const MOST_VERSIONS = 5

const olderVersions = async (PolicyArn: string, call: PolicyCall): Promise<string[]> => {
  const { Versions = [] } = await call.cloud('iam').ListPolicyVersions({ PolicyArn })
  return Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion).map(({ VersionId = '' }) => VersionId)
}

/** `AWS::IAM::ManagedPolicy`: Ref gives the ARN. */
export const managedPolicyResource: ResourceType<IamStore> = {
  properties: ['Description', 'Groups', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Users'],
  replacedBy: ['Description', 'ManagedPolicyName', 'Path'],
  async create(resource, call) {
    refuseUnrealised(resource, UNREALISED)
    const { ManagedPolicyName, Path, Description, PolicyDocument, Roles = [] } = propertiesOf(resource)
    const iam = call.cloud('iam')
    const { Policy } = await iam.CreatePolicy({
      PolicyName: ManagedPolicyName ?? resource.physicalId,
      PolicyDocument: written(PolicyDocument),
      Path,
      Description,
    })
    const PolicyArn = Policy?.Arn ?? ''
    for (const RoleName of Roles) await iam.AttachRolePolicy({ RoleName, PolicyArn })
    return created(PolicyArn, call)
  },
  async update(resource, earlier, call) {
    refuseUnrealised(resource, UNREALISED)
    const iam = call.cloud('iam')
    const PolicyArn = earlier.physicalId
    const [now, before] = [propertiesOf(resource), propertiesOf(earlier)]
    const document = written(now.PolicyDocument)
    if (document !== written(before.PolicyDocument)) {
      const older = await olderVersions(PolicyArn, call)
      const [VersionId] = older.slice(MOST_VERSIONS - 2)
      if (VersionId) await iam.DeletePolicyVersion({ PolicyArn, VersionId })
      await iam.CreatePolicyVersion({ PolicyArn, PolicyDocument: document, SetAsDefault: true })
    }
    for (const RoleName of gone(before.Roles, now.Roles))
      await unlessGone(() => iam.DetachRolePolicy({ RoleName, PolicyArn }))
    for (const RoleName of now.Roles ?? []) await iam.AttachRolePolicy({ RoleName, PolicyArn })
    return created(PolicyArn, call)
  },
  async delete(resource, call) {
    const iam = call.cloud('iam')
    const PolicyArn = arnOf(resource, call)
    for (const RoleName of propertiesOf(resource).Roles ?? [])
      await unlessGone(() => iam.DetachRolePolicy({ RoleName, PolicyArn }))
    await unlessGone(() =>
      olderVersions(PolicyArn, call).then(async (older) => {
        for (const VersionId of older) await iam.DeletePolicyVersion({ PolicyArn, VersionId })
        await iam.DeletePolicy({ PolicyArn })
      }),
    )
  },
}

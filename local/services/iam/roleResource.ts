import { unlessGone } from '../gone.ts'
import type { Created, Resource, ResourceCall, ResourceType } from '../service.ts'
import { type Document, gone, written } from './resourceHelp.ts'
import type { IamStore } from './store.ts'

interface Properties {
  RoleName?: string
  AssumeRolePolicyDocument?: Document
  Description?: string
  ManagedPolicyArns?: string[]
  MaxSessionDuration?: number | string
  Path?: string
  PermissionsBoundary?: string
  Policies?: { PolicyName: string; PolicyDocument: Document }[]
  Tags?: { Key: string; Value: string }[]
}
type RoleCall = ResourceCall<IamStore>

const propertiesOf = ({ properties }: Pick<Resource, 'properties'>): Properties => properties
const HOUR = 3600
const durationOf = ({ MaxSessionDuration = HOUR }: Properties) => Number(MaxSessionDuration)
const tagsOf = ({ Tags = [] }: Properties) => Tags.map(({ Key, Value }) => ({ Key, Value: String(Value) }))

const created = async (RoleName: string, call: RoleCall): Promise<Created> => {
  const { Role } = await call.cloud('iam').GetRole({ RoleName })
  return { physicalId: RoleName, attributes: { Arn: Role?.Arn, RoleId: Role?.RoleId } }
}

/** Gives a role the policies that it is to have; each step may be done twice. */
const putPolicies = async (RoleName: string, { Policies = [], ManagedPolicyArns = [] }: Properties, call: RoleCall) => {
  const iam = call.cloud('iam')
  for (const { PolicyName, PolicyDocument } of Policies)
    await iam.PutRolePolicy({ RoleName, PolicyName, PolicyDocument: written(PolicyDocument) })
  for (const PolicyArn of ManagedPolicyArns) await iam.AttachRolePolicy({ RoleName, PolicyArn })
}

/** Takes away the policies of `before` that are not among those of `now`. */
const takePolicies = async (RoleName: string, before: Properties, now: Properties, call: RoleCall) => {
  const iam = call.cloud('iam')
  const names = ({ Policies = [] }: Properties) => Policies.map(({ PolicyName }) => PolicyName)
  for (const PolicyName of gone(names(before), names(now)))
    await unlessGone(() => iam.DeleteRolePolicy({ RoleName, PolicyName }))
  for (const PolicyArn of gone(before.ManagedPolicyArns, now.ManagedPolicyArns))
    await unlessGone(() => iam.DetachRolePolicy({ RoleName, PolicyArn }))
}

/** `AWS::IAM::Role`: Ref gives the name, GetAtt Arn and RoleId. */
export const roleResource: ResourceType<IamStore> = {
  properties: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'PermissionsBoundary',
    'Policies',
    'RoleName',
    'Tags',
  ],
  replacedBy: ['RoleName', 'Path'],
  async create(resource, call) {
    const properties = propertiesOf(resource)
    const RoleName = properties.RoleName ?? resource.physicalId
    const { Path, Description, PermissionsBoundary, AssumeRolePolicyDocument } = properties
    const Tags = tagsOf(properties)
    await call.cloud('iam').CreateRole({
      RoleName,
      AssumeRolePolicyDocument: written(AssumeRolePolicyDocument),
      MaxSessionDuration: durationOf(properties),
      Path,
      Description,
      PermissionsBoundary,
      ...(Tags.length ? { Tags } : {}),
    })
    await putPolicies(RoleName, properties, call)
    return created(RoleName, call)
  },
  async update(resource, earlier, call) {
    const iam = call.cloud('iam')
    const RoleName = earlier.physicalId
    const [now, before] = [propertiesOf(resource), propertiesOf(earlier)]
    await iam.UpdateAssumeRolePolicy({ RoleName, PolicyDocument: written(now.AssumeRolePolicyDocument) })
    await iam.UpdateRole({ RoleName, Description: now.Description ?? '', MaxSessionDuration: durationOf(now) })
    if (now.PermissionsBoundary !== undefined)
      await iam.PutRolePermissionsBoundary({ RoleName, PermissionsBoundary: now.PermissionsBoundary })
    else if (before.PermissionsBoundary !== undefined) await iam.DeleteRolePermissionsBoundary({ RoleName })
    await takePolicies(RoleName, before, now, call)
    await putPolicies(RoleName, now, call)
    const [Tags, tagsBefore] = [tagsOf(now), tagsOf(before)]
    const keys = ({ Key }: { Key: string }) => Key
    const TagKeys = gone(tagsBefore.map(keys), Tags.map(keys))
    if (TagKeys.length) await iam.UntagRole({ RoleName, TagKeys })
    if (Tags.length) await iam.TagRole({ RoleName, Tags })
    return created(RoleName, call)
  },
  async delete(resource, call) {
    const RoleName = resource.physicalId
    await takePolicies(RoleName, propertiesOf(resource), {}, call)
    await unlessGone(() => call.cloud('iam').DeleteRole({ RoleName }))
  },
}

import { encode } from 'uqr'
import { UPPER } from '../../base/ids.ts'
import type { MfaDevice } from '../../iam/directory/records.ts'
import { synchronised } from '../../iam/oneTimeCodes.ts'
import type { Access } from '../../iam/types.ts'
import { length, oneOf, pattern } from '../constraints.ts'
import {
  checkPath,
  conflict,
  exists,
  type IamCall,
  invalid,
  invalidCode,
  limit,
  missing,
  type Operations,
  page,
  valid,
} from './names.ts'
import { pngOf } from './png.ts'
import { checkTags, requestKeys } from './tags.ts'
import { onUser, theUser, userOf } from './users.ts'

/** Characters of a seed, base32: 320 bits. */
const SEED = 64
/** Devices of one user (IAM user guide, "IAM and AWS STS quotas"). */
const MOST = 8
const NAME = /^[\w+=,.@-]+$/

const serialOf = (
  account: string,
  { Path = '/', VirtualMFADeviceName }: { Path?: string; VirtualMFADeviceName: string },
) => `arn:aws:iam::${account}:mfa${Path}${VirtualMFADeviceName}`

const checkSerial = (serial: string): void =>
  valid(length('serialNumber', serial, 9, 256), pattern('serialNumber', serial, /^[\w+=/:,.@-]+$/))

/** @throws ServiceError `NoSuchEntity` */
const theDevice = ({ SerialNumber }: { SerialNumber: string }, { store, account }: IamCall): MfaDevice => {
  checkSerial(SerialNumber)
  const device = store.mfaDevice(account, SerialNumber)
  if (!device) throw missing(`VirtualMFADevice with serial number ${SerialNumber} doesn't exist.`)
  return device
}

interface Codes {
  UserName: string
  SerialNumber: string
  AuthenticationCode1: string
  AuthenticationCode2: string
}

/** The device by its two codes in a row. @throws ServiceError `InvalidAuthenticationCode` */
const byCodes = (device: MfaDevice, { AuthenticationCode1, AuthenticationCode2 }: Codes, call: IamCall): MfaDevice => {
  const found = synchronised(device, [AuthenticationCode1, AuthenticationCode2], call.ground.clock.now())
  if (!found) throw invalidCode('Authentication code for device is not valid.')
  return found
}

const checkCodes = ({ AuthenticationCode1, AuthenticationCode2 }: Codes): void =>
  valid(
    length('authenticationCode1', AuthenticationCode1, 6, 6),
    pattern('authenticationCode1', AuthenticationCode1, /^[\d]+$/),
    length('authenticationCode2', AuthenticationCode2, 6, 6),
    pattern('authenticationCode2', AuthenticationCode2, /^[\d]+$/),
  )

/** A device that is enabled for a user. @throws ServiceError `NoSuchEntity` */
const ownDevice = (input: { UserName?: string; SerialNumber: string }, call: IamCall): MfaDevice => {
  const { UserName } = theUser(input, call)
  const device = theDevice(input, call)
  if (device.owner?.user !== UserName) throw missing('MFA Device invalid for user.')
  return device
}

const devicesOf = (user: string, { store, account }: IamCall) =>
  store.mfaDevices(account).filter(({ owner }) => owner?.user === user)

/** What the lists show: neither seed nor picture, which are given once, and no tags. */
const listed = ({ serial, owner }: MfaDevice, { account, store }: IamCall) => ({
  SerialNumber: serial,
  ...(owner && { User: userOf(account, store), EnableDate: new Date(owner.since) }),
})

/** Virtual MFA devices: an app that shows a new code every 30 seconds. Hardware and security keys are left out. */
export const mfaDevices = {
  CreateVirtualMFADevice: {
    action(input, { account }) {
      const [arn, keys] = [serialOf(account, input), requestKeys(input)]
      const create: Access = ['iam:CreateVirtualMFADevice', arn, keys]
      return input.Tags?.length ? [create, ['iam:TagMFADevice', arn, keys]] : [create]
    },
    run(input, { account, store, ground, caller }) {
      const { VirtualMFADeviceName: name } = input
      valid(length('virtualMFADeviceName', name, 1, 226))
      if (!NAME.test(name))
        throw invalid(
          'The specified value for virtualMFADeviceName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
        )
      checkPath(input.Path)
      const serial = serialOf(account, input)
      valid(length('serialNumber', serial, 9, 256))
      const tags = checkTags(input.Tags)
      if (store.mfaDevice(account, serial)) throw exists('MFADevice entity at the same path and name already exists.')
      const seed = ground.ids.text(SEED, UPPER)
      store.putMfaDevice({ account, serial, name, seed, tags, created: ground.clock.now(), used: -1, drift: 0 })
      const user = caller.kind === 'user' ? caller.arn.split('/').at(-1) : account
      return {
        VirtualMFADevice: {
          SerialNumber: serial,
          Base32StringSeed: Buffer.from(seed),
          QRCodePNG: pngOf(encode(`otpauth://totp/${name}@${user}?secret=${seed}`, { ecc: 'M', border: 0 }).data),
          ...(tags.length && { Tags: tags }),
        },
      }
    },
  },
  EnableMFADevice: {
    action: onUser('EnableMFADevice'),
    run(input, call) {
      checkCodes(input)
      const { UserName: user } = theUser(input, call)
      const device = theDevice(input, call)
      if (device.owner) throw exists('MFA Device is already in use.')
      if (devicesOf(user, call).length >= MOST) throw limit(`Cannot exceed quota for MfaDevicesPerUser: ${MOST}`)
      call.store.putMfaDevice({ ...byCodes(device, input, call), owner: { user, since: call.ground.clock.now() } })
      return {}
    },
  },
  ResyncMFADevice: {
    action: onUser('ResyncMFADevice'),
    run(input, call) {
      checkCodes(input)
      call.store.putMfaDevice(byCodes(ownDevice(input, call), input, call))
      return {}
    },
  },
  DeactivateMFADevice: {
    action: onUser('DeactivateMFADevice'),
    run(input, call) {
      const { owner: _, ...device } = ownDevice(input, call)
      call.store.putMfaDevice(device)
      return {}
    },
  },
  DeleteVirtualMFADevice: {
    action: ({ SerialNumber }) => ['iam:DeleteVirtualMFADevice', SerialNumber],
    run(input, call) {
      const device = theDevice(input, call)
      if (device.owner) throw conflict('MFA VirtualDevice in use. Must deactivate first.')
      call.store.removeMfaDevice(device)
      return {}
    },
  },
  ListMFADevices: {
    action: onUser('ListMFADevices'),
    run(input, call) {
      const { UserName } = theUser(input, call)
      const { shown, ...rest } = page(devicesOf(UserName, call), ({ serial }) => serial, input)
      const MFADevices = shown.map(({ serial, owner }) => ({
        UserName,
        SerialNumber: serial,
        EnableDate: new Date(owner?.since ?? 0),
      }))
      return { MFADevices, ...rest }
    },
  },
  ListVirtualMFADevices: {
    action: () => ['iam:ListVirtualMFADevices', '*'],
    run({ AssignmentStatus = 'Any', ...paging }, call) {
      valid(oneOf('assignmentStatus', AssignmentStatus, ['Assigned', 'Unassigned', 'Any']))
      const found = call.store
        .mfaDevices(call.account)
        .filter(
          ({ owner }) => AssignmentStatus === 'Any' || (AssignmentStatus === 'Assigned') === (owner !== undefined),
        )
      const { shown, ...rest } = page(found, ({ serial }) => serial, paging)
      return { VirtualMFADevices: shown.map((device) => listed(device, call)), ...rest }
    },
  },
} satisfies Operations

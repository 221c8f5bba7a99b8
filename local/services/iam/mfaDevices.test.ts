import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'chai'
import { withCloud } from '../../../tests/cloud.ts'
import { mfaOf } from '../../../tests/mfa.ts'
import { refusalOf } from '../../../tests/refusal.ts'

const ACCOUNT = '123456789012'
const USER = `arn:aws:iam::${ACCOUNT}:user/local`
const serialOf = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`
const notThere = (serial: string) => ({
  name: 'NoSuchEntityException',
  message: `VirtualMFADevice with serial number ${serial} doesn't exist.`,
  status: 404,
})

describe('iam: virtual MFA devices', () => {
  const cloud = withCloud()
  let iam: IAM
  before(() => {
    iam = new IAM(cloud.config())
  })
  const { create, enable, codes } = mfaOf(cloud)
  const serials = async (AssignmentStatus?: 'Any' | 'Assigned' | 'Unassigned') => {
    const { VirtualMFADevices = [] } = await iam.listVirtualMFADevices({ AssignmentStatus })
    return VirtualMFADevices.map(({ SerialNumber }) => SerialNumber)
  }
  const remove = async (SerialNumber: string) => {
    await iam.deactivateMFADevice({ SerialNumber })
    await iam.deleteVirtualMFADevice({ SerialNumber })
  }

  it('CreateVirtualMFADevice gives the seed and its picture, once', async () => {
    const Tags = [{ Key: 'team', Value: 'red' }]
    const { VirtualMFADevice } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: 'whole', Path: '/a/', Tags })

    expect(VirtualMFADevice?.SerialNumber).to.equal(serialOf('a/whole'))
    expect(Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString()).to.match(/^[A-Z2-7]{64}$/)
    expect(
      Buffer.from(VirtualMFADevice?.QRCodePNG ?? [])
        .subarray(1, 4)
        .toString(),
    ).to.equal('PNG')
    expect(VirtualMFADevice?.Tags).to.deep.equal(Tags)
    expect((await iam.listVirtualMFADevices({})).VirtualMFADevices).to.deep.equal([
      { SerialNumber: serialOf('a/whole') },
    ])
    await iam.deleteVirtualMFADevice({ SerialNumber: serialOf('a/whole') })
    expect(await serials()).to.deep.equal([])
  })

  it('refuses the same name at the same path, however it is written', async () => {
    await create('twice')

    expect(await refusalOf(iam.createVirtualMFADevice({ VirtualMFADeviceName: 'TWICE' }))).to.deep.equal({
      name: 'EntityAlreadyExistsException',
      message: 'MFADevice entity at the same path and name already exists.',
      status: 409,
    })
    await iam.deleteVirtualMFADevice({ SerialNumber: serialOf('twice') })
  })

  for (const [name, input, message] of [
    [
      'a name with spaces',
      { VirtualMFADeviceName: 'a b' },
      'The specified value for virtualMFADeviceName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    ],
    [
      'no name',
      { VirtualMFADeviceName: '' },
      "1 validation error detected: Value '' at 'virtualMFADeviceName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a name that is too long',
      { VirtualMFADeviceName: 'a'.repeat(227) },
      `1 validation error detected: Value '${'a'.repeat(227)}' at 'virtualMFADeviceName' failed to satisfy constraint: Member must have length less than or equal to 226`,
    ],
    [
      'a path without slashes',
      { VirtualMFADeviceName: 'x', Path: 'a' },
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    ],
  ] as const)
    it(`refuses ${name}`, async () => {
      const refusal = await refusalOf(iam.createVirtualMFADevice(input))

      expect(refusal).to.deep.equal({ name: 'ValidationError', message, status: 400 })
    })

  it('EnableMFADevice takes two codes in a row, and the lists tell whose it is', async () => {
    const phone = await create('phone')
    const spare = await create('spare')
    await enable(phone)

    const { MFADevices } = await iam.listMFADevices({})
    const { VirtualMFADevices } = await iam.listVirtualMFADevices({ AssignmentStatus: 'Assigned' })

    expect(MFADevices?.map(({ UserName, SerialNumber }) => [UserName, SerialNumber])).to.deep.equal([
      ['local', phone.serial],
    ])
    expect(MFADevices?.[0]?.EnableDate?.getTime()).to.be.closeTo(cloud.clock.now(), 5000)
    expect(VirtualMFADevices?.map(({ User }) => User?.Arn)).to.deep.equal([USER])
    expect(await serials('Unassigned')).to.deep.equal([spare.serial])
    expect(await serials()).to.deep.equal([phone.serial, spare.serial])
    await remove(phone.serial)
    await iam.deleteVirtualMFADevice({ SerialNumber: spare.serial })
  })

  it('refuses codes that are not the device’s, the same twice, and those of a device that is enabled', async () => {
    const device = await create('codes')
    const [first, second] = codes(device)
    const call = (AuthenticationCode1: string, AuthenticationCode2: string, more = {}) =>
      iam.enableMFADevice({
        ...{ UserName: 'local', SerialNumber: device.serial, AuthenticationCode1, AuthenticationCode2 },
        ...more,
      })
    const wrong = {
      name: 'InvalidAuthenticationCodeException',
      message: 'Authentication code for device is not valid.',
      status: 403,
    }

    expect(await refusalOf(call(second, first))).to.deep.equal(wrong)
    expect(await refusalOf(call(second, second))).to.deep.equal(wrong)
    expect((await refusalOf(call('12345', second))).message).to.contain(
      "at 'authenticationCode1' failed to satisfy constraint: Member must have length greater than or equal to 6",
    )
    expect((await refusalOf(call('abcdef', second))).message).to.contain('regular expression pattern: [\\d]+')
    expect(await refusalOf(call(first, second, { UserName: 'nobody' }))).to.deep.equal({
      name: 'NoSuchEntityException',
      message: 'The user with name nobody cannot be found.',
      status: 404,
    })
    expect(await refusalOf(call(first, second, { SerialNumber: serialOf('none') }))).to.deep.equal(
      notThere(serialOf('none')),
    )
    await call(first, second)
    expect(await refusalOf(call(first, second))).to.deep.equal({
      name: 'EntityAlreadyExistsException',
      message: 'MFA Device is already in use.',
      status: 409,
    })
    await remove(device.serial)
  })

  it('DeleteVirtualMFADevice wants it deactivated first, and Deactivate wants it active', async () => {
    const device = await create('active')
    await enable(device)

    expect(await refusalOf(iam.deleteVirtualMFADevice({ SerialNumber: device.serial }))).to.deep.equal({
      name: 'DeleteConflictException',
      message: 'MFA VirtualDevice in use. Must deactivate first.',
      status: 409,
    })
    await iam.deactivateMFADevice({ UserName: 'local', SerialNumber: device.serial })
    expect(await refusalOf(iam.deactivateMFADevice({ SerialNumber: device.serial }))).to.deep.equal({
      name: 'NoSuchEntityException',
      message: 'MFA Device invalid for user.',
      status: 404,
    })
    await iam.deleteVirtualMFADevice({ SerialNumber: device.serial })
    expect(await refusalOf(iam.deleteVirtualMFADevice({ SerialNumber: device.serial }))).to.deep.equal(
      notThere(device.serial),
    )
  })

  it('ResyncMFADevice learns that a device’s clock is behind', async () => {
    const device = await create('late')
    await enable(device)
    cloud.clock.advance(600_000)
    const sts = new STS(cloud.config())
    const behind = (steps: number) => codes(device, steps)
    const session = (TokenCode: string) => sts.getSessionToken({ SerialNumber: device.serial, TokenCode })

    expect((await refusalOf(session(behind(-9)[1]))).name).to.equal('AccessDenied')
    const [AuthenticationCode1, AuthenticationCode2] = behind(-9)
    await iam.resyncMFADevice({
      ...{ UserName: 'local', SerialNumber: device.serial, AuthenticationCode1, AuthenticationCode2 },
    })
    expect((await session(behind(-8)[1])).Credentials?.AccessKeyId).to.match(/^ASIA/)
    await remove(device.serial)
  })

  it('a user has eight devices at most', async () => {
    const devices = []
    for (let number = 1; number <= 9; number++) devices.push(await create(`many${number}`))
    for (const device of devices.slice(0, 8)) await enable(device)

    const refusal = await refusalOf(enable(devices[8] as (typeof devices)[number]))

    expect([refusal.name, refusal.message]).to.deep.equal([
      'LimitExceededException',
      'Cannot exceed quota for MfaDevicesPerUser: 8',
    ])
    const { MFADevices, IsTruncated, Marker } = await iam.listMFADevices({ MaxItems: 5 })
    expect([MFADevices?.length, IsTruncated]).to.deep.equal([5, true])
    expect((await iam.listMFADevices({ Marker })).MFADevices).to.have.length(3)
    for (const { serial } of devices.slice(0, 8)) await remove(serial)
    await iam.deleteVirtualMFADevice({ SerialNumber: serialOf('many9') })
  })

  it('is kept by the state, seed and all: nothing of it in the log', async () => {
    const device = await create('secret')
    await enable(device)

    expect(JSON.stringify(cloud.log)).not.to.contain(device.seed)
    await remove(device.serial)
  })
})

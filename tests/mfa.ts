import { IAM } from '@aws-sdk/client-iam'
import { STS } from '@aws-sdk/client-sts'
import { codeOf, stepAt } from '../local/iam/oneTimeCodes.ts'
import type { ClientConfig, TestCloud } from './cloud.ts'

/** A virtual MFA device, as the app that has scanned its picture knows it. */
export interface App {
  serial: string
  seed: string
}

/** The user `local` with virtual MFA devices, in a cloud that runs when they are used. */
export const mfaOf = (cloud: Pick<TestCloud, 'config' | 'clock'>) => {
  const codes = ({ seed }: App, steps = 0): [before: string, now: string] => {
    const step = stepAt(cloud.clock.now()) + steps
    return [codeOf(seed, step - 1), codeOf(seed, step)]
  }
  return {
    /** The codes that the app shows: the one before, and now; `steps` of 30 seconds earlier or later. */
    codes,
    create: async (VirtualMFADeviceName: string): Promise<App> => {
      const { VirtualMFADevice } = await new IAM(cloud.config()).createVirtualMFADevice({ VirtualMFADeviceName })
      const seed = Buffer.from(VirtualMFADevice?.Base32StringSeed ?? []).toString()
      return { serial: VirtualMFADevice?.SerialNumber ?? '', seed }
    },
    enable: async (app: App): Promise<void> => {
      const [AuthenticationCode1, AuthenticationCode2] = codes(app)
      await new IAM(cloud.config()).enableMFADevice({
        ...{ UserName: 'local', SerialNumber: app.serial, AuthenticationCode1, AuthenticationCode2 },
      })
    },
    /** A session of the user, begun with the next code of an app or without one: the configuration of its clients. */
    session: async (app?: App): Promise<ClientConfig> => {
      if (app) cloud.clock.advance(30_000)
      const { Credentials: given } = await new STS(cloud.config()).getSessionToken(
        app ? { SerialNumber: app.serial, TokenCode: codes(app)[1] } : {},
      )
      return cloud.config({
        accessKeyId: given?.AccessKeyId ?? '',
        secretAccessKey: given?.SecretAccessKey ?? '',
        sessionToken: given?.SessionToken ?? '',
      })
    },
  }
}

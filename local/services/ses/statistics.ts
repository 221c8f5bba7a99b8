import { anywhere, type Operations } from './names.ts'
import { quotaOf } from './posting.ts'

const DAY = 24 * 3_600_000
const QUARTER_HOUR = 15 * 60_000
const FORTNIGHT = 14 * DAY

export const statistics = {
  GetSendQuota: {
    action: anywhere('GetSendQuota'),
    run(_, call) {
      const { day, second } = quotaOf(call)
      const sent = call.store.since(call, call.ground.clock.now() - DAY)
      return {
        Max24HourSend: day,
        MaxSendRate: second,
        SentLast24Hours: sent.reduce((sum, { to, cc, bcc }) => sum + to.length + cc.length + bcc.length, 0),
      }
    },
  },
  GetSendStatistics: {
    action: anywhere('GetSendStatistics'),
    run(_, { store, ground, account, region }) {
      const points = new Map<number, { DeliveryAttempts: number; Bounces: number; Complaints: number }>()
      for (const { at, events } of store.since({ account, region }, ground.clock.now() - FORTNIGHT)) {
        const time = at - (at % QUARTER_HOUR)
        const point = points.get(time) ?? { DeliveryAttempts: 0, Bounces: 0, Complaints: 0 }
        points.set(time, point)
        for (const { type } of events) {
          if (type === 'SEND') point.DeliveryAttempts++
          if (type === 'BOUNCE') point.Bounces++
          if (type === 'COMPLAINT') point.Complaints++
        }
      }
      return {
        SendDataPoints: [...points].map(([time, point]) => ({ Timestamp: new Date(time), Rejects: 0, ...point })),
      }
    },
  },
  GetAccountSendingEnabled: {
    action: anywhere('GetAccountSendingEnabled'),
    run: () => ({ Enabled: true }),
  },
} satisfies Operations

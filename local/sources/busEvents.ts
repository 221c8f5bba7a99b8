import type { Ground } from '../base/ground.ts'
import type { EventsStore } from '../services/events/store.ts'
import { timeText } from '../services/events/store.ts'
import { BUS_EVENTS, type BusParcel } from '../services/s3/busEvents.ts'

const PARALLEL = 16

/** Hands the events of buckets to the default bus, whose rules choose from them. S3 needs no permission for it. */
export const startBusEvents = ({ outbox, ids }: Ground, events: EventsStore): void => {
  outbox.work<BusParcel>(BUS_EVENTS, PARALLEL, async ({ body }) => {
    const { account, region, detailType, time, bucketArn, detail } = body
    events.publish(
      { account, region },
      {
        ...{ version: '0', id: ids.uuid(), 'detail-type': detailType, source: 'aws.s3', account },
        ...{ time: timeText(time), region, resources: [bucketArn], detail },
      },
    )
    return undefined
  })
}

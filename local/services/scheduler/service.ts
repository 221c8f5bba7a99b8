import { service } from '../service.ts'
import { groups } from './groups.ts'
import { resources } from './resources.ts'
import { schedules } from './schedules.ts'
import { createSchedulerStore } from './store.ts'

/**
 * EventBridge Scheduler: schedules by rate, cron and date, in time zones, for Lambda functions, by the role that each
 * names; groups with tags. A flexible window is kept to by its first moment. Left out: targets that are no functions,
 * universal targets, keys of one's own, dead letter queues.
 */
export const scheduler = service(
  {
    name: 'scheduler',
    sdk: () => import('@aws-sdk/client-scheduler'),
    protocol: 'restJson',
    denied: 'AccessDeniedException',
    store: createSchedulerStore,
    resources,
  },
  { ...schedules, ...groups },
)

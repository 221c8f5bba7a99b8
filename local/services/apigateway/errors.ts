import { ServiceError } from '../../base/errors.ts'

export const invalid = (message: string): ServiceError => new ServiceError('BadRequestException', message)
export const missing = (message: string): ServiceError => new ServiceError('NotFoundException', message)
export const conflict = (message: string): ServiceError => new ServiceError('ConflictException', message)

/** The members that have a value. */
export const given = <T extends object>(members: T): T =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null)) as T

export { editOf } from '../lib/edit.ts'
export { handler } from '../setVisibility.ts'

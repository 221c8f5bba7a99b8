export { environment } from '../../03-web-api/lib/environment.ts'

import { greetByForm } from './lib/greetingForm.ts'

greetByForm('CustomGreetingsFunction')

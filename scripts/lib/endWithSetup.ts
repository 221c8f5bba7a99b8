import { Socket } from 'node:net'

/** Ends this process as Ctrl-C does once scripts/setup.mjs, which started it, is gone: then the pipe between them closes. */
export const endWithSetup = (): void => {
  const { SETUP_PIPE: fd } = process.env
  if (fd === undefined) return
  delete process.env.SETUP_PIPE
  const pipe = new Socket({ fd: Number(fd), readable: true })
  pipe.on('error', () => {}) // it closes, too
  pipe.on('close', () => process.emit('SIGTERM', 'SIGTERM'))
  pipe.resume().unref()
}

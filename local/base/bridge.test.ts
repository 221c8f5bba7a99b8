import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { containerHost } from './bridge.ts'

/** What a `docker` that says this of itself, and that of a container's hosts, leads to. */
const hostWith = (script: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-'))
  try {
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return containerHost({ PATH: folder })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const IMAGE = 'images) [ "$4" = samcli/lambda-nodejs ] && echo samcli/lambda-nodejs:24-x86_64 ;;'
const desktop = (more: string) => `case "$1" in info) echo 'Docker Desktop' ;; ${more} *) exit 1 ;; esac`

describe('how containers reach this machine', () => {
  before(function () {
    if (process.platform === 'win32') this.skip() // the stand-in for docker is a script of sh
  })

  it('is what host-gateway stands for, where Docker Desktop hands it on', () => {
    const asks = 'run) [ "$2 $3 $4" = "--rm --add-host gateway:host-gateway" ] || exit 1'
    const hosts = "printf '127.0.0.1\\tlocalhost\\n10.1.2.3\\tgateway\\n' ;;"

    expect(hostWith(desktop(`${IMAGE} ${asks}; ${hosts}`))).to.deep.equal({ address: '10.1.2.3', forwards: true })
  })

  it("is Docker Desktop's usual address, where there is no image to ask by, or it does not say", () => {
    const expected = { address: '192.168.65.254', forwards: true }

    expect(hostWith(desktop(''))).to.deep.equal(expected)
    expect(hostWith(desktop(`${IMAGE} run) echo 127.0.0.1 localhost ;;`))).to.deep.equal(expected)
    expect(hostWith(desktop("images) echo '<none>:<none>' ;;"))).to.deep.equal(expected)
  })

  it("is the bridge's own on Linux", function () {
    if (process.platform !== 'linux' || networkInterfaces().docker0) this.skip()
    const engine = (config: string) =>
      `case "$1" in info) echo 'Debian GNU/Linux 12' ;; network) echo '${config}' ;; *) exit 1 ;; esac`

    expect(hostWith(engine('[{"Subnet":"172.30.0.0/16","Gateway":"172.30.0.9"}]'))).to.deep.equal({
      address: '172.30.0.9',
      forwards: false,
    })
    expect(hostWith(engine('[{"Subnet":"172.30.0.0/16"}]'))?.address).to.equal('172.30.0.1')
    expect(hostWith(engine('[]'))).to.equal(undefined)
  })

  it('is not known where no engine answers', function () {
    if (networkInterfaces().docker0) this.skip()

    expect(hostWith('exit 1')).to.equal(undefined)
  })
})

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createGuard, hostName } from "./guard.ts"

const hostLike = fc.oneof(
  fc.string(),
  fc.webAuthority(),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
  fc.stringMatching(/^[\w.[\]:%@-]{1,20}$/),
)

describe("hostName", () => {
  it("lets nothing pass that cannot stand in a URL, or would be more than a host there", () => {
    fc.assert(
      fc.property(hostLike, (host) => {
        const name = hostName(host)
        if (name === undefined) return
        const url = new URL(`http://${host}`)
        expect([url.pathname, url.search, url.hash, url.username]).toEqual(["/", "", "", ""])
      }),
    )
  })

  it("never throws, and never takes long", () => {
    for (const host of ["[".repeat(1e5), "a.".repeat(1e5), `[${":".repeat(1e5)}]`]) {
      expect(hostName(host)).toBeUndefined()
    }
  })
})

describe("createGuard", () => {
  it("lets by default only loopback names pass, however they are written", () => {
    const guard = createGuard({})
    fc.assert(
      fc.property(hostLike, (host) => {
        if (guard(host, undefined) !== undefined) return
        const { hostname } = new URL(`http://${host}`)
        expect(["localhost", "127.0.0.1", "[::1]"]).toContain(hostname)
      }),
    )
  })

  it("goes on answering right when it has seen more hosts than it remembers", () => {
    const guard = createGuard({ hosts: ["*"] })
    for (let n = 0; n < 100; n++) expect(guard(`h${n}.example`, undefined)).toBeUndefined()
    expect(guard("h99.example", undefined)).toBeUndefined()
    expect(guard("a b", undefined)?.status).toBe(400)
  })

  it("does not take a host with a foreign origin for good afterwards", () => {
    const guard = createGuard({})
    expect(guard("localhost", "https://evil.example")?.status).toBe(403)
    expect(guard("localhost", "https://evil.example")?.status).toBe(403)
  })

  it("lets requests without a host pass only where all hosts may, and never those of pages", () => {
    expect(createGuard({})(undefined, undefined)?.status).toBe(400)
    expect(createGuard({ hosts: ["*"] })(undefined, undefined)).toBeUndefined()
    expect(createGuard({ hosts: ["*"] })(undefined, "http://localhost")?.status).toBe(400)
  })
})

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createEndpoint } from "./endpoint.ts"
import { externalUrl } from "./external-url.ts"

const handler = { handle: () => ({ status: 202, body: undefined }) }
const plain = createEndpoint({ handler })
const proxied = createEndpoint({ handler }, { publicUrl: "https://mcp.example.com/tools/" })

describe("externalUrl", () => {
  it("is where the request came in", () => {
    expect(externalUrl(plain, "http://127.0.0.1:3000", "/mcp?x=1").href).toBe("http://127.0.0.1:3000/mcp?x=1")
  })

  it("is under the public URL, with its path, where there is one", () => {
    expect(externalUrl(proxied, "http://127.0.0.1:3000", "/mcp?x=1").href).toBe(
      "https://mcp.example.com/tools/mcp?x=1",
    )
  })

  it("has the host it should have, whatever the client wrote", () => {
    const target = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.string().map((text) => `//${text}`),
    )
    fc.assert(
      fc.property(target, (text) => {
        expect(externalUrl(proxied, "http://localhost", `/${text}`).host).toBe("mcp.example.com")
      }),
    )
  })
})

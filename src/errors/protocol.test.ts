import { expect, it } from "vitest"
import { UnsupportedVersion } from "./protocol.ts"

it("says where the version must stand when a request names none", () => {
  expect(new UnsupportedVersion("none", ["2026-07-28"]).message).toBe(
    'The request names no protocol version. Use `2026-07-28` as `_meta["io.modelcontextprotocol/protocolVersion"]` of its `params`.',
  )
})

import { afterEach, describe, expect, it, vi } from "vitest"
import { jsonSchemaValidator } from "./json-schema-validator.ts"
import type { Origin } from "./pattern.ts"
import { createPeer } from "./peer.ts"

const make = (origin: Origin) =>
  jsonSchemaValidator({
    json: { type: "object", required: ["a"] },
    refs: { targets: new Map(), entangled: false },
    origin,
  })

describe("jsonSchemaValidator", () => {
  afterEach(() => vi.restoreAllMocks())

  it("answers the first value at once", () => {
    expect(make("own")({ a: 1 })).toEqual({ ok: true, value: { a: 1 } })
  })

  it("generates code for a schema of our own that is used often, and says the same before and after", async () => {
    const generated = vi.spyOn(globalThis, "Function")
    const validate = make("own")
    const [before] = Array.from({ length: 200 }, () => validate({}))
    await vi.waitFor(() => expect(generated).toHaveBeenCalled())
    await vi.dynamicImportSettled()
    expect(validate({})).toEqual(before)
    expect(validate({ a: 1 })).toEqual({ ok: true, value: { a: 1 } })
  })

  it("never generates code for a schema of a peer", async () => {
    const generated = vi.spyOn(globalThis, "Function")
    const validate = make(createPeer())
    for (let call = 0; call < 300; call++) validate({})
    await vi.dynamicImportSettled()
    expect(generated).not.toHaveBeenCalled()
  })

  it("goes on without generated code where the runtime forbids it", async () => {
    const forbidden = vi.spyOn(globalThis, "Function").mockImplementation(function forbid() {
      throw new EvalError("Code generation from strings disallowed for this context")
    })
    const validate = make("own")
    for (let call = 0; call < 200; call++) validate({})
    await vi.waitFor(() => expect(forbidden).toHaveBeenCalled())
    await vi.dynamicImportSettled()
    expect(await validate({ a: 1 })).toMatchObject({ ok: true })
    expect(await validate({})).toMatchObject({ ok: false })
  })
})

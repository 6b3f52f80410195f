import { describe, expect, it } from "vitest"
import { InvalidOption } from "../errors/server.ts"
import { createPrincipal, isPrincipal, principalKey } from "./principal.ts"

const fields = { issuer: "https://auth.example.com", subject: "ada", clientId: "cli" }

describe("createPrincipal", () => {
  it("keeps the key over scopes, claims and expiry, so that refresh and step-up change nobody", async () => {
    const before = await createPrincipal({ ...fields, scopes: ["read"], expiresAt: 1 })
    const after = await createPrincipal({
      ...fields,
      scopes: ["read", "write"],
      claims: { jti: "2" },
      expiresAt: 2,
    })
    expect(after.key).toBe(before.key)
  })

  it("tells callers apart by issuer, subject and client, whatever characters those have", async () => {
    const others = [
      fields,
      { ...fields, issuer: "https://other.example.com" },
      { ...fields, subject: "eve" },
      { ...fields, clientId: "app" },
      { issuer: fields.issuer, subject: "ada" },
      { subject: 'ada","cli' },
      { subject: "ada", clientId: "cli" },
      { subject: "adacli" },
    ]
    const keys = await Promise.all(others.map(async (each) => (await createPrincipal(each)).key))
    expect(new Set(keys).size).toBe(others.length)
  })

  it("shows nothing of the caller in the key", async () => {
    const { key } = await createPrincipal(fields)
    expect(key).toMatch(/^[\w-]{43}$/)
    expect(key).not.toContain("ada")
  })

  it("cannot be changed afterwards", async () => {
    const scopes = ["read"]
    const principal = await createPrincipal({ ...fields, scopes })
    scopes.push("admin")
    expect(principal.scopes).toEqual(["read"])
    expect([principal, principal.scopes, principal.claims].every(Object.isFrozen)).toBe(true)
  })
})

describe("isPrincipal", () => {
  it("knows what createPrincipal made", async () => {
    expect(isPrincipal(await createPrincipal(fields))).toBe(true)
  })

  it("takes no copy and nothing that only looks like one", async () => {
    const ada = await createPrincipal(fields)
    const others = [
      { ...ada },
      structuredClone(ada),
      Object.create(ada),
      {},
      [],
      null,
      undefined,
      "ada",
      Promise,
    ]
    expect(others.filter(isPrincipal)).toEqual([])
  })
})

it("keeps what belongs to nobody under a key that no caller can have", async () => {
  expect(principalKey(undefined)).not.toBe(principalKey(await createPrincipal({ subject: "anonymous" })))
})

describe("createPrincipal refuses", () => {
  it.each([
    ["nothing that says who it is", {}, "at least one"],
    ["an empty subject", { subject: "" }, "`subject` of a principal is empty"],
    ["a subject that is a number", { subject: 7 }, "`subject` of a principal is 7"],
    ["scopes in one text", { subject: "ada", scopes: "read write" }, "`scopes` of a principal is read write"],
    ["a scope that is no text", { subject: "ada", scopes: [1] }, "`scopes` of a principal is a list"],
    ["claims that are no object", { subject: "ada", claims: ["a"] }, "`claims` of a principal is a list"],
    [
      "an end that is a date",
      { subject: "ada", expiresAt: new Date(0) },
      "`expiresAt` of a principal is an object",
    ],
    [
      "an end that is no time",
      { subject: "ada", expiresAt: Number.NaN },
      "`expiresAt` of a principal is NaN",
    ],
  ])("%s", async (_, wrong, words) => {
    const error = await createPrincipal(wrong as never).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(InvalidOption)
    expect(`${error.message} ${error.fix}`).toContain(words)
  })
})

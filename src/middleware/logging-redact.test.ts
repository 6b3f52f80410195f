import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createRedactor, secretNames } from "./logging-redact.ts"

const redactor = createRedactor()
const hides = (name: string) => redactor.hides(["arguments", name], "x")

describe("the names of secrets", () => {
  it.each([
    ...secretNames,
    ...["Authorization", "X-Api-Key", "api_key", "accessToken", "DB_PASSWORD", "client-secret", "Set-Cookie"],
    ...["pin", "PIN", "userPin", "db_pass", "user.password", "tokens", "x".repeat(300)],
  ])("hide `%s`", (name) => expect(hides(name)).toBe(true))

  it.each(["name", "shipping", "author", "keyword", "compass", "", "id"])("show `%s`", (name) =>
    expect(hides(name)).toBe(false),
  )

  it("are hidden however they are written", () => {
    const written = fc
      .tuple(
        fc.constantFrom("password", "apikey", "token"),
        fc.array(fc.constantFrom("-", "_", "", " ")),
        fc.nat(),
      )
      .map(([name, between, seed]) =>
        [...name]
          .map((letter, at) => ((seed >> at) & 1 ? letter.toUpperCase() : letter) + (between[at] ?? ""))
          .join(""),
      )
    fc.assert(fc.property(written, (name) => hides(`my${name}`)))
  })
})

describe("redaction of one's own", () => {
  it("knows names, in any script", () => {
    const own = createRedactor(["IBAN", "пароль"])
    expect(own.hides(["arguments", "my_iban"], "x")).toBe(true)
    expect(own.hides(["arguments", "Пароль"], "x")).toBe(true)
    expect(own.hides(["arguments", "password"], "x")).toBe(true)
    expect(own.hides(["arguments", "name"], "x")).toBe(false)
  })

  it("knows paths, with any step at a star", () => {
    const own = createRedactor(["arguments.users.*.email"])
    expect(own.hides(["arguments", "users", "0", "email"], "x")).toBe(true)
    expect(own.hides(["arguments", "users", "0", "0", "email"], "x")).toBe(false)
    expect(own.hides(["result", "users", "0", "email"], "x")).toBe(false)
  })

  it("may be a function, which decides or leaves it to the names", () => {
    const own = createRedactor((path, value) =>
      path.at(-1) === "maxTokens" ? false : value === 42 || undefined,
    )
    expect(own.hides(["arguments", "maxTokens"], 5)).toBe(false)
    expect(own.hides(["arguments", "answer"], 42)).toBe(true)
    expect(own.hides(["arguments", "token"], 1)).toBe(true)
  })

  it("hides what a function that throws would decide on", () => {
    const own = createRedactor(() => {
      throw new Error("no")
    })
    expect(own.hides(["arguments", "name"], "x")).toBe(true)
  })
})

describe("secrets in texts", () => {
  const secret = "hunter2hunter2"

  it.each([
    `password=${secret}`,
    `password: ${secret}`,
    `{"password": "${secret}", "a`,
    `{"password": "a\\"${secret}"`,
    `{\\"password\\":\\"${secret}\\"}`,
    JSON.stringify(JSON.stringify(JSON.stringify(`{"password":"${secret}"}`))),
    `{'secret': '${secret}'`,
    `secret: {"a": "${secret}"`,
    `Authorization: Basic ${secret}`,
    `authorization: Digest username=a, response=${secret}`,
    `Cookie: a=b; c=${secret}`,
    `see Bearer ${secret}x1 there`,
    `https://h/p?a=b&access_token=${secret}`,
    `https://user:${secret}@host/`,
    `postgres://user:${secret}@host/db`,
    `x=token=${secret}`,
    `config: password=${secret}`,
    `key sk-${secret}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END`,
    `jwt eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`,
  ])("are hidden in %j", (text) => expect(redactor.scrub(text)).not.toContain(secret))

  it.each([
    "Adds two numbers",
    "https://host/path?page=2",
    "bearer authentication",
    "a: b, c=d",
    "12:30:00",
    "name=Ada",
  ])("leave %j as it is", (text) => expect(redactor.scrub(text)).toBe(text))

  it("are hidden wherever they stand", () => {
    const around = fc.string({ unit: "binary" })
    fc.assert(
      fc.property(around, around, (before, after) => {
        expect(redactor.scrub(`${before} password=${secret} ${after}`)).not.toContain(secret)
      }),
    )
  })

  it("do not take quadratic time", () => {
    for (const part of [
      "a",
      "a=",
      "password",
      "password=",
      'password="',
      "\\",
      "://a:",
      "eyJ-",
      "bearer ",
      "a.",
      " ",
      "-----BEGIN ",
    ]) {
      const text = part.repeat(300_000 / part.length)
      const started = performance.now()
      redactor.scrub(text)
      expect(performance.now() - started, part).toBeLessThan(2000)
    }
  })
})

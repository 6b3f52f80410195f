import { describe, expect, it } from "vitest"
import { formats } from "./formats.ts"

const cases: {
  readonly [format: string]: { readonly valid: readonly string[]; readonly invalid: readonly string[] }
} = {
  "date-time": {
    valid: [
      "1990-12-31T23:59:59.123Z",
      "1985-04-12t23:20:50z",
      "1998-12-31T23:59:60Z",
      "1998-12-31T15:59:60-08:00",
    ],
    invalid: [
      "1990-02-31T15:59:59Z",
      "1990-12-31T15:59:59",
      "1998-12-31T22:59:60Z",
      "1990-12-31 15:59:59Z",
      "2020-01-01T24:00:00Z",
      "2020-01-01T00:00:00+24:00",
      "2020-01-01T00:00:00Z\n",
    ],
  },
  date: {
    valid: ["2020-02-29", "2000-02-29", "1999-12-31"],
    invalid: ["2021-02-29", "1900-02-29", "2020-13-01", "2020-04-31", "2020-00-01", "2020-1-1", "২০২০-01-01"],
  },
  time: {
    valid: ["08:30:06Z", "23:59:60Z", "23:20:50.52Z", "08:30:06+08:00"],
    invalid: ["08:30:06", "24:00:00Z", "00:60:00Z", "22:59:60Z", "08:30:06 PST"],
  },
  duration: {
    valid: ["P4DT12H30M5S", "P4Y", "PT0S", "P2W", "P1Y2M", "PT36H"],
    invalid: ["P", "PT", "4Y", "P1", "P2W1D", "PT1D", "P1S", ""],
  },
  email: {
    valid: ["joe.bloggs@example.com", "te~st@example.com", "joe+tag@sub.example.co", "a@localhost"],
    invalid: [
      "2962",
      ".test@example.com",
      "te..st@example.com",
      "joe@",
      "@example.com",
      "joe@-a.com",
      "a b@c.de",
      `${"a".repeat(65)}@b.c`,
    ],
  },
  hostname: {
    valid: ["www.example.com", "xn--4gbwdl.xn--wgbh1c", "a", "1.2.3.4"],
    invalid: ["", "-a.com", "a-.com", "a_b.com", `${"a".repeat(64)}.com`, `${"a.".repeat(127)}com`, "a..b"],
  },
  ipv4: {
    valid: ["192.168.0.1", "0.0.0.0", "255.255.255.255"],
    invalid: ["256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", "087.10.0.1", "1.2.3.4/24", ""],
  },
  ipv6: {
    valid: ["::1", "::", "1:2:3:4:5:6:7:8", "::ffff:192.168.0.1", "fe80::a"],
    invalid: ["12345::", "1:2:3", ":::", "::1%eth0", "1::2::3", "::ffff:1.2.3", "::1]"],
  },
  uri: {
    valid: [
      "http://foo.bar/?baz=qux#quux",
      "urn:oasis:names",
      "mailto:a@b.c",
      "http://[2001:db8::7]/c",
      "tel:+1-816",
    ],
    invalid: [
      "/abc",
      "//foo.bar",
      "abc",
      "http:// spaced",
      "http://a/%zz",
      "http://a/<b>",
      "http://a#b#c",
      "\\\\WINDOWS",
    ],
  },
  "uri-reference": {
    valid: ["/abc", "//foo.bar", "#frag", "", "http://a/b"],
    invalid: ["\\\\WINDOWS", "#a#b", "a b"],
  },
  uuid: {
    valid: ["2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2EB8AA08-AA98-11EA-B4AA-73B441D16380"],
    invalid: [
      "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
      "2eb8aa08aa9811eab4aa73b441d16380",
      "urn:uuid:2eb8aa08-aa98-11ea-b4aa-73b441d16380",
    ],
  },
  "json-pointer": { valid: ["", "/", "/a~0b/c~1d", "/ /"], invalid: ["a", "/a~", "/~2", "#/a"] },
}

describe("formats", () => {
  it("has cases for every format that decides a verdict", () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(formats).sort())
  })

  for (const [format, { valid, invalid }] of Object.entries(cases)) {
    it.each(valid)(`accepts as ${format}: %s`, (text) => {
      expect(formats[format]?.(text)).toBe(true)
    })
    it.each(invalid)(`refuses as ${format}: %j`, (text) => {
      expect(formats[format]?.(text)).toBe(false)
    })
  }

  it("stays fast on long hostile texts", () => {
    const hostile = [
      "a".repeat(50_000),
      "1.".repeat(50_000),
      `${"a@".repeat(50_000)}!`,
      ":".repeat(50_000),
      "/~0".repeat(50_000),
      `P${"1".repeat(50_000)}`,
    ]
    const before = performance.now()
    for (const test of Object.values(formats)) for (const text of hostile) test(text)
    // Anything worse than linear would take minutes.
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

import { posix, win32 } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { screenPathValue } from "./path-traversal.ts"

describe("screenPathValue", () => {
  it.each([
    "",
    "a",
    ".",
    "./a",
    "a/b/c.txt",
    "foo/../bar",
    "a/b/../../c",
    "a/..",
    "HEAD~3..HEAD",
    "v1..v2/x",
    "...",
    ".../a",
    ".env",
    "..a",
    "a..",
    "a/..b/c",
    "100%",
    "50%25",
    "%",
    "a%2fb",
    "a b",
    "~/a",
    "what?",
    "c#",
    "urn:isbn:1",
    "https://host/a?b=../c",
    "über/文書",
    "filename:1",
  ])("lets %j pass", (value) => {
    expect(screenPathValue(value)).toBeUndefined()
  })

  it.each([
    "..",
    "../x",
    "../../etc/passwd",
    "a/../..",
    "a/../../b",
    "a/../../b/c/d",
    "./../x",
    "a/./../../b",
    "a//../../b",
    "..\\x",
    "a\\..\\..\\b",
    "a/..\\../b",
    "a\\b/../../c",
    ".. /x",
    "..\u00a0",
    "%2e%2e/x",
    "%2E%2e%2Fx",
    ".%2e/x",
    "..%2fx",
    "..%5cx",
    "%252e%252e%252fx",
    "%25252525252e./x",
    "a%2fb/../../c",
    ".\t./x",
    ".\n.",
    " ../x",
    "..?x",
    "..#x",
    "..?x/../y",
    "%2e%2e#",
    "x?/%2e%2e/../..",
  ])("finds the traversal in %j", (value) => {
    expect(screenPathValue(value)).toBe("traversal")
  })

  it.each([
    "/etc/passwd",
    "/",
    "//host/share",
    "\\\\host\\share",
    "\\x",
    "C:\\Windows",
    "c:/x",
    "C:",
    "C:x",
    "%2fetc",
    "%5c%5chost",
    "%252fetc",
    "C%3a\\x",
    "\t/etc",
    "file:///etc/passwd",
    "FILE:x",
    " C:x",
    "f\nile:///etc",
  ])("finds the absolute path in %j", (value) => {
    expect(screenPathValue(value)).toBe("absolute")
  })

  it.each(["\0", "a\0b", "../\0", "a%00.txt", "a%2500"])("finds the null byte in %j", (value) => {
    expect(screenPathValue(value)).toBe("null-byte")
  })

  it.each([
    ["dots", "../".repeat(2000)],
    ["escapes", "%25".repeat(400_000)],
    ["nested escapes", `%${"25".repeat(400_000)}2g`],
    ["spaces", `${" ".repeat(500_000)}a`],
    ["spaces inside", `..${" ".repeat(500_000)}a/..`],
    ["tabs", "a\t".repeat(400_000)],
    ["backslashes", "a\\..".repeat(200_000)],
  ])("screens a megabyte of %s quickly", (_, value) => {
    const start = performance.now()
    screenPathValue(value)
    // Quadratic time would take minutes.
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

const pieces = [
  "..",
  ".",
  "a",
  "/",
  "\\",
  "%2e",
  "%2F",
  "%5c",
  "%252e",
  " ",
  "\t",
  "?",
  "#",
  "C:",
  "file:",
  "é",
  "b.",
]
const hostile = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((units) => units.join(""))

describe("what passes stays inside, however a handler resolves it", () => {
  const resolvers = {
    "path.posix": (value: string) => posix.resolve("/base/dir", value),
    "path.win32": (value: string) => win32.resolve("D:\\base\\dir", value).slice(2).replaceAll("\\", "/"),
    "path.posix after decoding again": (value: string) => posix.resolve("/base/dir", decode(value)),
    "path.win32 after decoding again": (value: string) => {
      return win32
        .resolve("D:\\base\\dir", decode(decode(value)))
        .slice(2)
        .replaceAll("\\", "/")
    },
    "a file URL": (value: string) => resolveUrl(value, "file:///base/dir/"),
    "an https URL": (value: string) => resolveUrl(value, "https://host/base/dir/"),
    "a joined https URL": (value: string) => new URL(`https://host/base/dir/${value}`).pathname,
  }

  it.each(Object.entries(resolvers))("%s", (_, resolve) => {
    fc.assert(
      fc.property(hostile, (value) => {
        fc.pre(screenPathValue(value) === undefined)
        expect(`${resolve(value)}/`).toMatch(/^\/base\/dir\//)
      }),
      { numRuns: 3000 },
    )
  })

  it("plain names always pass", () => {
    const name = fc.stringMatching(/^[a-z0-9_.-]{2,8}$/).filter((value) => value !== "..")
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        expect(screenPathValue(names.join("/"))).toBeUndefined()
      }),
    )
  })
})

function resolveUrl(value: string, base: string): string {
  // A whole URL of another scheme is what a variable such as `{+url}` is for; what is no URL at all reaches nothing.
  return new URL(URL.canParse(value) || !URL.canParse(value, base) ? "" : value, base).pathname
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    // Half an escape: a handler that decodes would fail here.
    return value
  }
}

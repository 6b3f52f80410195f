import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogRecord } from "../server/server-log.ts"
import { setHost } from "../shared/host.ts"
import { listSettings, withRunSettings, withSettings } from "./read-settings.ts"

let folder = ""

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"))
})

afterEach(() => {
  vi.unstubAllEnvs()
  setHost(undefined)
  rmSync(folder, { recursive: true })
})

/** Has `FLEETMCP_ENV_FILE` name a file with this text. */
function envFile(text: string): string {
  const path = join(folder, ".env")
  writeFileSync(path, text)
  vi.stubEnv("FLEETMCP_ENV_FILE", path)
  return path
}

function flags(texts: { readonly [setting: string]: string }): void {
  setHost({ name: "fleetmcp run", flags: texts })
}

describe("settings of a server", () => {
  it("changes nothing where nothing is set", () => {
    const options = { maskErrors: true }
    expect(withSettings(options)).toBe(options)
  })

  it("fills in what the program does not say", () => {
    vi.stubEnv("FLEETMCP_MASK_ERRORS", "true")
    vi.stubEnv("FLEETMCP_PATH", "/other")
    vi.stubEnv("FLEETMCP_HOSTS", "mcp.example.com")
    expect(withSettings({ http: { bodyLimit: 10 } })).toEqual({
      maskErrors: true,
      http: { bodyLimit: 10, path: "/other", hosts: ["mcp.example.com"] },
    })
  })

  it("leaves what the program says", () => {
    vi.stubEnv("FLEETMCP_MASK_ERRORS", "true")
    vi.stubEnv("FLEETMCP_PATH", "/other")
    expect(withSettings({ maskErrors: false, http: { path: "/own" } })).toEqual({
      maskErrors: false,
      http: { path: "/own" },
    })
  })

  it("takes an option of `undefined` for one that is not given", () => {
    vi.stubEnv("FLEETMCP_MASK_ERRORS", "true")
    expect(withSettings({ maskErrors: undefined }).maskErrors).toBe(true)
  })

  it("keeps what options inherit", () => {
    vi.stubEnv("FLEETMCP_PATH", "/other")
    class Options {
      get maskErrors(): boolean {
        return true
      }
    }
    expect(withSettings(new Options()).maskErrors).toBe(true)
  })

  it.each([
    ["a flag beats the environment", { flag: "1", env: "2", port: 1 }],
    ["the environment beats the file", { flag: undefined, env: "2", port: 2 }],
    ["the file beats the default", { flag: undefined, env: undefined, port: 3 }],
  ])("%s", (_, { flag, env, port }) => {
    setHost({ name: "fleetmcp run", flags: { port: flag } })
    vi.stubEnv("FLEETMCP_PORT", env)
    envFile("FLEETMCP_PORT=3")
    expect(withRunSettings({})).toEqual({ port })
  })

  it("lets code beat a flag", () => {
    flags({ port: "1" })
    expect(withRunSettings({ port: 4 })).toEqual({ port: 4 })
  })

  it.each([
    ["a variable", () => vi.stubEnv("FLEETMCP_PORT", "abc"), "`FLEETMCP_PORT` in the environment is `abc`."],
    ["an empty one", () => vi.stubEnv("FLEETMCP_PORT", ""), "`FLEETMCP_PORT` in the environment is empty."],
    ["a flag", () => flags({ port: "abc" }), "`--port` of `fleetmcp run` is `abc`."],
    ["a flag of two words", () => flags({ logLevel: "loud" }), "`--log-level` of `fleetmcp run` is `loud`."],
  ])("refuses %s that cannot be meant, by name", (_, set, message) => {
    set()
    expect(() => withRunSettings({})).toThrow(message)
  })

  it("says in which file a value is wrong", () => {
    const path = envFile("FLEETMCP_PORT=abc")
    expect(() => withRunSettings({})).toThrow(`\`FLEETMCP_PORT\` in ${path} is \`abc\`.`)
  })

  it("keeps secrets out of its refusals", () => {
    vi.stubEnv("FLEETMCP_SECRETS", "geheim,")
    expect(() => withSettings({})).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("geheim") }),
    )
  })

  it("refuses a file that is not there", () => {
    vi.stubEnv("FLEETMCP_ENV_FILE", join(folder, "missing.env"))
    expect(() => withSettings({})).toThrow(expect.objectContaining({ code: "UNREADABLE_ENV_FILE" }))
  })

  it("warns once of a name that is no setting, with the nearest", () => {
    vi.stubEnv("FLEETMCP_PROT", "3000")
    const records: LogRecord[] = []
    withSettings({ log: (record) => records.push(record) })
    withSettings({ log: (record) => records.push(record) })
    expect(records).toEqual([
      {
        level: "warning",
        message: "`FLEETMCP_PROT` in the environment is no setting. Did you mean `FLEETMCP_PORT`?",
      },
    ])
  })
})

describe("the `.env` of the working directory", () => {
  /** Starts a program in `folder` that has its port from there. */
  const start = (program: string) => {
    writeFileSync(join(folder, ".env"), "FLEETMCP_PORT=7")
    vi.spyOn(process, "cwd").mockReturnValue(folder)
    setHost({ name: "fleetmcp run", program })
    return withRunSettings({})
  }
  const before = process.cwd()
  beforeEach(() => process.chdir(folder))
  afterEach(() => {
    vi.restoreAllMocks()
    process.chdir(before)
  })

  it("is read where the program lies in that directory", () => {
    expect(start(join(folder, "src", "server.ts"))).toEqual({ port: 7 })
  })

  it("is not read where the program lies elsewhere, since it may be a stranger's", () => {
    expect(start(join(before, "server.ts"))).toEqual({})
  })

  it("is not read where the program was installed there", () => {
    expect(start(join(folder, "node_modules", "some-server", "index.js"))).toEqual({})
  })

  it("is not read where `FLEETMCP_ENV_FILE` is empty", () => {
    vi.stubEnv("FLEETMCP_ENV_FILE", "")
    expect(start(join(folder, "server.ts"))).toEqual({})
  })
})

describe("the list of settings", () => {
  const list = (...told: Parameters<typeof listSettings>) =>
    Object.fromEntries(listSettings(...told).map(({ name, value, source }) => [name, [value, source]]))

  it("says where each value comes from", () => {
    flags({ port: "1" })
    vi.stubEnv("FLEETMCP_HOST", "0.0.0.0")
    envFile("FLEETMCP_LOG_LEVEL=debug")
    expect(list({ maskErrors: true, http: { path: "/own" } }, {})).toMatchObject({
      port: [1, "flag"],
      host: ["0.0.0.0", "env"],
      logLevel: ["debug", "file"],
      maskErrors: [true, "code"],
      path: ["/own", "code"],
      transport: ["stdio", "default"],
      publicUrl: [undefined, "default"],
    })
  })

  it("says what `run()` is told", () => {
    expect(list({}, { transport: "http", port: 9 })).toMatchObject({
      transport: ["http", "code"],
      port: [9, "code"],
    })
  })

  it.each([
    ["of code", { secrets: ["s".repeat(40), new Uint8Array(40)] }],
    ["of the environment", {}],
  ])("masks secrets %s", (_, options) => {
    vi.stubEnv("FLEETMCP_SECRETS", "first,second")
    expect(list(options, {}).secrets?.[0]).toEqual(["********", "********"])
  })

  it("knows that a log of the program's own has no level", () => {
    vi.stubEnv("FLEETMCP_LOG_LEVEL", "debug")
    expect(list({ log: () => undefined }, {}).logLevel).toEqual(["the program's own log", "code"])
  })
})

import { type OptionTest, optionKinds } from "../components/option-kinds.ts"
import { placeOptions } from "../http/http-options.ts"

/** What may be set from outside of the program, by name. */
export interface SettingValues {
  readonly logLevel?: "debug" | "info" | "warning" | "error" | "silent"
  readonly logFormat?: "text" | "json"
  readonly transport?: "stdio" | "http"
  readonly host?: string
  readonly port?: number
  readonly path?: string
  readonly publicUrl?: string
  readonly hosts?: readonly string[]
  readonly origins?: readonly string[]
  readonly secrets?: readonly string[]
  readonly maskErrors?: boolean
}

export type SettingName = keyof SettingValues

/** Where a value comes from, the strongest first. */
export type SettingSource = "code" | "flag" | "env" | "file" | "default"

/** A setting as it is in effect. */
export interface Setting {
  /** What options call it: `publicUrl`. */
  readonly name: string
  /** The variable that sets it: `FLEETMCP_PUBLIC_URL`. */
  readonly env: string
  /** What it is; secrets are masked, and `undefined` is nothing. */
  readonly value: unknown
  /** Where the value comes from. */
  readonly source: SettingSource
}

/** What is settled about one setting. */
interface SettingRow<Value> {
  readonly env: string
  /** Reads the text of a variable or flag; `undefined` where it cannot be meant. */
  readonly parse: (text: string) => Value | undefined
  /** The words for what it must be. */
  readonly expected: string
  /** What holds where nobody says anything. */
  readonly fallback?: unknown
  /** Keeps the value out of messages. */
  readonly isSecret?: true
}

type Rows = { readonly [name in SettingName]-?: SettingRow<NonNullable<SettingValues[name]>> }

/** Every setting, in the order in which they are shown. */
export const settingRows: Rows = {
  logLevel: {
    env: "FLEETMCP_LOG_LEVEL",
    parse: (text) => oneOf(["debug", "info", "warning", "error", "silent"], text),
    expected: "`debug`, `info`, `warning`, `error` or `silent`",
    fallback: "info",
  },
  logFormat: {
    env: "FLEETMCP_LOG_FORMAT",
    parse: (text) => oneOf(["text", "json"], text),
    expected: "`text` or `json`",
    fallback: "text",
  },
  transport: {
    env: "FLEETMCP_TRANSPORT",
    parse: (text) => oneOf(["stdio", "http"], text),
    expected: "`stdio` or `http`",
    fallback: "stdio",
  },
  host: {
    env: "FLEETMCP_HOST",
    parse: (text) => (optionKinds.host.holds(text) ? text : undefined),
    expected: optionKinds.host.expected,
    fallback: "127.0.0.1",
  },
  port: {
    env: "FLEETMCP_PORT",
    parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
    expected: "a whole number from 0 to 65,535",
    fallback: 3000,
  },
  path: {
    env: "FLEETMCP_PATH",
    parse: (text) => (placeOptions.path.holds(text) ? text : undefined),
    expected: placeOptions.path.expected,
    fallback: "/mcp",
  },
  publicUrl: {
    env: "FLEETMCP_PUBLIC_URL",
    parse: (text) => (placeOptions.publicUrl.holds(text) ? text : undefined),
    expected: placeOptions.publicUrl.expected,
  },
  hosts: {
    env: "FLEETMCP_HOSTS",
    parse: (text) => list(text, placeOptions.hosts),
    expected: "host names with commas between: `mcp.example.com,localhost`",
    fallback: [],
  },
  origins: {
    env: "FLEETMCP_ORIGINS",
    parse: (text) => list(text, placeOptions.origins),
    expected: "origins with commas between: `https://app.example.com`",
    fallback: [],
  },
  secrets: {
    env: "FLEETMCP_SECRETS",
    parse: (text) => list(text, optionKinds.strings),
    expected: "secrets with commas between, the newest first",
    fallback: "random, per process",
    isSecret: true,
  },
  maskErrors: { env: "FLEETMCP_MASK_ERRORS", parse: flag, expected: "`true` or `false`", fallback: false },
}

/** The variable that says which file has what the environment lacks. */
export const envFileVariable = "FLEETMCP_ENV_FILE"

/** The names of all settings. */
export function settingNames(): readonly SettingName[] {
  // The keys of the table are the names.
  return Object.keys(settingRows) as SettingName[]
}

function oneOf<const Word extends string>(words: readonly Word[], text: string): Word | undefined {
  return words.find((word) => word === text.toLowerCase())
}

function list(text: string, { holds }: OptionTest): readonly string[] | undefined {
  const items = text.split(",").map((item) => item.trim())
  return items.includes("") || !holds(items) ? undefined : items
}

function flag(text: string): boolean | undefined {
  if (/^(?:true|1|yes|on)$/i.test(text)) return true
  return /^(?:false|0|no|off)$/i.test(text) ? false : undefined
}

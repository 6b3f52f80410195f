import { readOptions } from "../components/options.ts"
import { InvalidSetting } from "../errors/settings.ts"
import { type HttpOptions, httpOptions } from "../http/http-options.ts"
import { serverOptions } from "../server/options.ts"
import { consoleLog, type ServerLog } from "../server/server-log.ts"
import { nearestName } from "../shared/nearest-name.ts"
import type { Environment, RunSettings, SettableOptions } from "./environment.ts"
import { formattedLog } from "./formatted-log.ts"
import {
  envFileVariable,
  type Setting,
  type SettingName,
  type SettingSource,
  type SettingValues,
  settingNames,
  settingRows,
} from "./settings.ts"
import { settingSources, type Texts } from "./sources.ts"

/** Flags, the variables of the process and `.env`. */
export const processEnvironment: Environment = { withSettings, withRunSettings, listSettings }

/** The names that were warned of: once is enough for a program with many servers. */
const warned: Set<string> = /* @__PURE__ */ new Set()

/**
 * Adds to the options of a server what flags, the environment and `.env` say, where the options say nothing.
 *
 * @throws {InvalidSetting} One of them cannot be meant.
 * @throws {UnreadableEnvFile} `FLEETMCP_ENV_FILE` names a file that cannot be read.
 */
export function withSettings<Options extends SettableOptions>(options: Options): Options {
  const sources = settingSources()
  const values = valuesOf(sources)
  const log = options.log ?? logOf(values)
  warnOfUnknown(sources, log ?? consoleLog)
  if (Object.keys(values).length === 0) return options
  const http: HttpOptions = defined({
    path: values.path,
    publicUrl: values.publicUrl,
    hosts: values.hosts,
    origins: values.origins,
  })
  const told = defined({ maskErrors: values.maskErrors, secrets: values.secrets, log })
  const own = readOptions(options, serverOptions)
  return { ...told, ...own, http: { ...http, ...readOptions(options.http ?? {}, httpOptions) } }
}

/**
 * Adds to what `mcp.run()` was told what flags, the environment and `.env` say.
 *
 * @throws {InvalidSetting} One of them cannot be meant.
 */
export function withRunSettings(options: RunSettings): RunSettings {
  const { transport, host, port } = valuesOf(settingSources())
  return { ...defined({ transport, host, port }), ...defined(options) }
}

/**
 * Lists all settings as they are in effect, secrets masked.
 *
 * @param options What the program told its server.
 * @param run What it tells `mcp.run()`.
 */
export function listSettings(options: SettableOptions, run: RunSettings): readonly Setting[] {
  const sources = settingSources()
  const code = toldByCode(options, run)
  return settingNames().map((name) => {
    const { env, fallback, isSecret } = settingRows[name]
    const found =
      code[name] === undefined ? find(name, sources) : { value: code[name], source: "code" as const }
    const value = found === undefined ? fallback : found.value
    const isMasked = isSecret === true && Array.isArray(value)
    return {
      name,
      env,
      value: isMasked ? value.map(() => "********") : value,
      source: found?.source ?? "default",
    }
  })
}

function toldByCode(
  options: SettableOptions,
  run: RunSettings,
): { readonly [name in SettingName]?: unknown } {
  const { log, maskErrors, secrets, http = {} } = options
  const { path, publicUrl, hosts, origins } = http
  const ownLog = log === undefined ? undefined : "the program's own log"
  return { logLevel: ownLog, logFormat: ownLog, ...run, path, publicUrl, hosts, origins, secrets, maskErrors }
}

function valuesOf(sources: readonly Texts[]): SettingValues {
  const entries = settingNames().map((name) => [name, find(name, sources)?.value] as const)
  // Every value was read by the row of its name.
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as SettingValues
}

interface Found {
  readonly value: unknown
  readonly source: SettingSource
}

/** The strongest word on a setting. */
function find(name: SettingName, sources: readonly Texts[]): Found | undefined {
  const { env, parse, expected, isSecret } = settingRows[name]
  for (const { source, label, texts } of sources) {
    const key = source === "flag" ? name : env
    const text = Object.hasOwn(texts, key) ? texts[key] : undefined
    if (text === undefined) continue
    const value = parse(text.trim())
    if (value !== undefined) return { value, source }
    const place = source === "flag" ? `\`${flagOf(name)}\` of \`${label}\`` : `\`${env}\` in ${label}`
    throw new InvalidSetting(place, isSecret ? undefined : text, expected)
  }
  return undefined
}

function flagOf(name: SettingName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function logOf(values: SettingValues): ServerLog | undefined {
  const { logLevel, logFormat } = values
  return logLevel === undefined && logFormat === undefined ? undefined : formattedLog(values)
}

/** What the command line sends as a bearer token; no setting of a server. */
const tokenVariable = "FLEETMCP_TOKEN"

/** Not refused: a name may be of a later version, or another program's. */
function warnOfUnknown(sources: readonly Texts[], log: ServerLog): void {
  const known = [...settingNames().map((name) => settingRows[name].env), envFileVariable, tokenVariable]
  for (const { source, label, texts } of sources) {
    if (source === "flag") continue
    for (const name of Object.keys(texts)) {
      if (!name.startsWith("FLEETMCP_") || known.includes(name) || warned.has(name)) continue
      warned.add(name)
      const near = nearestName(name, known)
      const advice = near === undefined ? `There are ${known.join(", ")}.` : `Did you mean \`${near}\`?`
      log({ level: "warning", message: `\`${name}\` in ${label} is no setting. ${advice}` })
    }
  }
}

/** Without what is `undefined`, which would cover what others say. */
function defined<Values extends object>(values: Values): Partial<Values> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // What is left has the names and values that it had.
  return Object.fromEntries(entries) as Partial<Values>
}

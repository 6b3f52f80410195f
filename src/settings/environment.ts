import type { HttpOptions } from "../http/http-options.ts"
import type { ServerLog } from "../server/server-log.ts"
import type { Setting, SettingValues } from "./settings.ts"

/** The options of a server that may be set from outside. */
export interface SettableOptions {
  readonly maskErrors?: boolean | undefined
  readonly secrets?: readonly (string | Uint8Array)[] | undefined
  readonly log?: ServerLog | undefined
  readonly http?: HttpOptions | undefined
}

/** What of running a server may be set from outside. */
export type RunSettings = Pick<SettingValues, "transport" | "host" | "port">

/** What sets options from outside of a program. */
export interface Environment {
  /** Adds to the options of a server what is set outside, where the options say nothing. */
  withSettings<Options extends SettableOptions>(options: Options): Options
  /** Adds to what `mcp.run()` was told what is set outside. */
  withRunSettings(options: RunSettings): RunSettings
  /** Lists all settings as they are in effect, secrets masked. */
  listSettings(options: SettableOptions, run: RunSettings): readonly Setting[]
}

let current: Environment | undefined

/** The environment of all servers of this program; none where there is nothing outside of it, as on Workers. */
export function environment(): Environment | undefined {
  return current
}

/**
 * Says what the environment is. The entry of a runtime that has one does. Were it behind a name of package.json `imports`,
 * every start would wait for two more files.
 */
export function useEnvironment(found: Environment): void {
  current = found
}

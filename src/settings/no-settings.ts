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

/** Gives back what the program said: this runtime has no environment that could say more. */
export function withSettings<Options extends SettableOptions>(options: Options): Options {
  return options
}

export function withRunSettings(options: RunSettings): RunSettings {
  return options
}

export function listSettings(_options: SettableOptions, _run: RunSettings): readonly Setting[] {
  return []
}

import type { RunningServer } from "#node"
import type { RunningStdio } from "#stdio"
import type { Setting } from "../settings/settings.ts"
import { currentHost, type Host, setHost } from "../shared/host.ts"
import { guardStdout } from "../stdio/guard-stdout.ts"
import { sayBanner } from "./banner.ts"
import type { Flags } from "./flags.ts"
import { closeOnSignal } from "./interrupt.ts"
import { type LoadedServer, loadServer } from "./load/load-server.ts"
import { shownFile } from "./load/place.ts"
import { say, warn } from "./notice.ts"
import { readEnvFile, settingsOf } from "./settings.ts"

/** How a server is run. */
export interface RunServerOptions {
  readonly args: readonly string[]
  readonly flags: Flags
  readonly envFile: string | undefined
  readonly hasBanner: boolean
}

/** Runs the server of a program until its client is gone, or a signal ends it. */
export async function runServer(target: string, options: RunServerOptions): Promise<void> {
  const { args, flags, envFile, hasBanner } = options
  readEnvFile(envFile)
  const strays: string[] = []
  // Before its module is imported, which may print; whether that is wrong is known when it runs.
  const guard = guardStdout(({ code, message }) => strays.push(`${message} (${code})`))
  const loaded = await loadServer(target, { name: "fleetmcp run", flags, args })
  const { server } = loaded
  const forget = closeOnSignal(() => server.close())
  tellOverridden(loaded, flags)
  // Whoever wants one object per line of the log wants nothing else beside them.
  const announces = hasBanner && settingsOf(server)?.some(isJsonLog) !== true
  const running = await start(loaded, announces)
  if ("url" in running) {
    guard.release()
    if (announces) await sayBanner(server, running.url)
  } else {
    for (const stray of strays) warn(stray)
    if (process.stdin.isTTY) sayWaiting(loaded)
  }
  await running.closed
  await server.close()
  forget()
  guard.release()
}

/** Starts it for real. From then on the program's own `mcp.run()` starts nothing again. */
function start(
  { server, run = {} }: LoadedServer,
  announces: boolean,
): Promise<RunningServer | RunningStdio> {
  const loader: Host = { name: "fleetmcp run", ...currentHost(), announces }
  setHost({ ...loader, starts: true, onRun: () => undefined })
  try {
    return server.run(run)
  } finally {
    setHost(loader)
  }
}

function isJsonLog({ name, value }: Setting): boolean {
  return name === "logFormat" && value === "json"
}

/** Says which flags do nothing, because the program says something else. */
function tellOverridden({ server, run, file }: LoadedServer, flags: Flags): void {
  for (const { name, value, source } of settingsOf(server, run) ?? []) {
    const flag = flags[name]
    if (flag === undefined || source !== "code" || String(value) === flag) continue
    warn(
      `${shownFile(file)} itself sets \`${name}\` to \`${value}\`, which counts more than the \`${flag}\` of the command line. Leave it out there to set it here.`,
    )
  }
}

/** A person at a terminal is no client. */
function sayWaiting({ server, file }: LoadedServer): void {
  const shown = shownFile(file)
  say(
    `${server.name} waits for a client on standard input. To try it: \`fleetmcp list ${shown}\`, or \`fleetmcp run ${shown} --http\`.`,
  )
}

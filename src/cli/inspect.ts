import { type Command, InvalidArgumentError, Option } from "commander"
import { clip } from "../shared/clip.ts"
import { addTargetOptions } from "./target-options.ts"

/** What a lock file is called where no other name is given. */
const lockName = "fleetmcp.lock.json"

/** Adds `fleetmcp inspect`. */
export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .description("show all that a server says of itself, or write down its fingerprints")
    .argument("[server]", "a file, a URL, or a program after `--`")
    .addOption(
      new Option("--lock [file]", "write the fingerprints of all components to a file")
        .preset(lockName)
        .argParser(toLockPath),
    )
    .addOption(
      new Option(
        "--frozen",
        "compare with that file instead, write nothing, and fail if anything changed",
      ).implies({ lock: lockName }),
    )
  addTargetOptions(command).action(async () => {
    const { inspectServer } = await import("./inspect-server.ts")
    await inspectServer(command)
  })
}

/** `--lock server.ts` would write over a program that was meant as the server. */
function toLockPath(path: string): string {
  if (path.endsWith(".json")) return path
  throw new InvalidArgumentError(
    `A lock file ends with ".json". Name the server first: fleetmcp inspect ${clip(path, 200)} --lock`,
  )
}

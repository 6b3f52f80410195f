/** The Python of this folder: made when it is first needed, with the packages of requirements.txt. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const FOLDER = fileURLToPath(new URL("..", import.meta.url))
const PYTHON = `${FOLDER}.venv/bin/python`
/** There when everything was installed, and not before. */
const COMPLETE = `${FOLDER}.venv/bin/fastmcp`

/** The path of an interpreter that has the peer; throws what went wrong when it was made. */
export function python() {
  if (existsSync(COMPLETE)) return PYTHON
  process.stderr.write("Installing the Python peer into bench/.venv …\n")
  run("python3", ["-m", "venv", ".venv"])
  run(PYTHON, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"])
  return PYTHON
}

function run(command, args) {
  const { status, error, stderr } = spawnSync(command, args, { cwd: FOLDER, encoding: "utf8" })
  if (status === 0) return
  const line = error?.message ?? stderr.trim().split("\n").at(-1)
  throw new Error(`${args.slice(0, 3).join(" ")}: ${line}`)
}

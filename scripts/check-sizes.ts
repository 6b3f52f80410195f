/** Names the files of `src/` that may be two things. Prints only. */
import { readFileSync } from "node:fs"
import { filesIn, isSource } from "./tools/files.ts"

const limit = 400
const generated = /^src\/spec\/\d/

const long = filesIn("src", (path) => isSource(path) && !generated.test(path))
  .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }))
  .filter(({ lines }) => lines > limit)

for (const { path, lines } of long) console.log(`${path}: ${lines} lines; is it two things?`)
console.log(
  long.length === 0
    ? `no file of src/ is over ${limit} lines`
    : `${long.length} files of src/ are over ${limit} lines (a warning)`,
)

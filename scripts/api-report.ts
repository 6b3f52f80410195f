/**
 * Compares the public API of each entry with its report in `etc/`, so that a change of the API is seen in review.
 * Writes the reports with `--update`.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor"
import { filesIn } from "./tools/files.ts"
import { type Entry, entries } from "./tools/manifest.ts"
import { report } from "./tools/report.ts"
import { capture, root } from "./tools/run.ts"

const isUpdating = process.argv.includes("--update")
const scratch = mkdtempSync(join(tmpdir(), "fleetmcp-api-"))
try {
  const problems = [...staleReports(), ...(await Promise.all(entries().map(compare))).flat()]
  report(problems, {
    right: `the API of ${entries().length} entries is as reported in etc/`,
    fix: "If the change is meant, run `npm run api -- --update` after a build, and commit etc/ with a changeset.",
  })
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function reportName(entry: Entry): string {
  return entry.specifier.replaceAll("/", "-")
}

async function compare(entry: Entry): Promise<readonly string[]> {
  const declarations = entry.output.replace(/\.js$/, ".d.ts")
  if (!existsSync(declarations)) return [`${entry.specifier}: ${declarations} was not built`]
  const errors = attempt(() => extract(entry, declarations))
  if (errors.length > 0) return errors
  const [now, committed] = [join(scratch, `${reportName(entry)}.api.md`), `etc/${reportName(entry)}.api.md`]
  const before = existsSync(committed) ? readFileSync(committed, "utf8") : ""
  const after = readFileSync(now, "utf8").replaceAll("\r\n", "\n")
  if (before === after) return []
  if (isUpdating) {
    mkdirSync("etc", { recursive: true })
    writeFileSync(committed, after)
    return []
  }
  if (before === "") return [`${committed} is missing`]
  writeFileSync(now, after)
  const diff = await capture("git", ["diff", "--no-index", "--unified=2", committed, now])
  return [`${entry.specifier}: the public API differs from ${committed}\n${diff.output}`]
}

/** api-extractor throws when a declaration names something that is not there: a build with errors. */
function attempt(extraction: () => readonly string[]): readonly string[] {
  try {
    return extraction()
  } catch (error) {
    return [
      `api-extractor gave up (does \`npm run build\` pass?): ${error instanceof Error ? error.message : error}`,
    ]
  }
}

/** Has api-extractor write the report of one entry; gives the errors it met. */
function extract(entry: Entry, declarations: string): readonly string[] {
  const errors: string[] = []
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, declarations),
      compiler: { tsconfigFilePath: join(root, "tsconfig.api.json") },
      apiReport: {
        enabled: true,
        reportFileName: `${reportName(entry)}.api.md`,
        reportFolder: scratch,
        reportTempFolder: join(scratch, "temp"),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error },
          // A name a user can see but not import: it stays readable in the report.
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          "ae-unresolved-link": { logLevel: ExtractorLogLevel.None },
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  })
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel === ExtractorLogLevel.Error)
        errors.push(`${entry.specifier}: ${message.formatMessageWithLocation(root)}`)
      message.handled = true
    },
  })
  return errors
}

/** Lists (or deletes, when updating) reports of entries that are gone. */
function staleReports(): readonly string[] {
  const known = new Set(entries().map((entry) => `etc/${reportName(entry)}.api.md`))
  const stale = filesIn("etc", (path) => path.endsWith(".api.md")).filter((path) => !known.has(path))
  if (!isUpdating) return stale.map((path) => `${path} belongs to no entry of package.json`)
  for (const path of stale) rmSync(path)
  return []
}

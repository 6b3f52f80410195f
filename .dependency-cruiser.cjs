// The floors of AGENTS.md. Type-only imports count like all others.

/** One row a floor, lowest first: a file imports its own floor or a lower one. */
const floors = [
  "^src/(shared|spec|errors)/",
  "^src/(schema|protocol)/|^src/storage/(storage|atomic|deadline|over|scoped)\\.ts$",
  "^src/components/",
  "^src/(server|client)/|^src/storage/memory\\.ts$",
  "^src/(providers|transforms|middleware|auth|tasks|apps|telemetry|http|settings|stdio|sdk|threads|sampling)/|^src/storage/(?!(storage|atomic|deadline|memory|over|scoped)\\.ts$)[^/]+\\.ts$",
  "^src/(index|node|fleet-mcp|fleet-mcp-options|fleet-mcp-run)\\.ts$|^src/files/",
  "^src/(testing|doctor|cli)/",
]

/** Where `node:` modules may be imported. Everything else runs on web standards. */
const nodeOnly =
  "^src/(stdio|threads|cli)/|^src/client/node-[^/]*\\.ts$|^src/testing/contract/|^src/http/node[^/]*\\.ts$|^src/storage/disk[^/]*\\.ts$|^src/components/[^/]+-file\\.ts$"

const tests = "\\.test(-d)?\\.ts$"

/** What the build takes in with the commands, and the peers that are installed for development too. */
const ofCommands =
  "node_modules/(commander|picocolors|@clack/prompts|fast-string-width|fast-wrap-ansi|esbuild|ioredis|mongodb|pg|@types/pg|piscina|@aws-sdk/client-dynamodb|@opentelemetry/api)/"

const floorRules = floors.slice(0, -1).map((files, floor) => ({
  name: `floor-${floor}`,
  comment: `A file of floor ${floor} imports its own floor or a lower one. Move the contract down, or the code up.`,
  severity: "error",
  from: { path: files, pathNot: tests },
  to: { path: floors.slice(floor + 1).join("|") },
}))

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: "on-a-floor",
      comment:
        "Every file in src/ stands on a floor: add its folder to the table in .dependency-cruiser.cjs.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, ...floors] },
      to: {},
    },
    {
      name: "import-from-a-floor",
      comment:
        "What is imported stands on a floor too: add its folder to the table in .dependency-cruiser.cjs.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: "^src/", pathNot: floors },
    },
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or need a third below them. Types count.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "server-without-client",
      comment: "server/ and client/ never import each other; share through protocol/ or components/.",
      severity: "error",
      from: { path: "^src/server/" },
      to: { path: "^src/client/" },
    },
    {
      name: "client-without-server",
      comment: "server/ and client/ never import each other; share through protocol/ or components/.",
      severity: "error",
      from: { path: "^src/client/" },
      to: { path: "^src/server/" },
    },
    {
      name: "web-standards",
      comment:
        "`node:` modules stay in the files made for Node; use web standards, or a row of package.json `imports`.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, nodeOnly] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "vendors-in-schema",
      comment:
        "Schema libraries are named in src/schema/ only; everywhere else a schema is a Standard Schema.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, "^src/schema/"] },
      to: { path: "(^|node_modules/)(zod3?|valibot|@valibot|arktype)(/|$)" },
    },
    {
      name: "opentelemetry-in-telemetry",
      comment: "Only src/telemetry/ names OpenTelemetry: all else is there where it is not installed.",
      severity: "error",
      from: { path: "^src/", pathNot: [tests, "^src/telemetry/"] },
      to: { path: "node_modules/@opentelemetry/" },
    },
    {
      name: "runtime-dependencies",
      comment:
        "src/ ships: what it imports is in `dependencies` or `peerDependencies`, with a line in docs/dependencies.md; the build takes in what only commands need.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], pathNot: ofCommands },
    },
    {
      name: "no-tests-in-code",
      comment: "Code does not import tests, scripts, examples or benchmarks.",
      severity: "error",
      from: { path: "^src/", pathNot: tests },
      to: { path: `${tests}|^(test|scripts|examples|bench|conformance)/` },
    },
    {
      name: "resolvable",
      comment: "The import points at nothing: a missing file, or a name missing from package.json.",
      severity: "error",
      from: { path: "^(src|scripts)/" },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".js", ".d.ts"],
    },
  },
}

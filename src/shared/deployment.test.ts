import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import { MemoryStorageInProduction } from "../errors/storage.ts"
import { deploymentSignals, deploymentVariables } from "./deployment.ts"

describe("deploymentSignals", () => {
  it("sees nothing on a developer's machine", () => {
    const env = { PATH: "/bin", HOME: "/home/ada", SHELL: "bash", NODE_APP_INSTANCE: "" }
    expect(deploymentSignals({ env, userAgent: "Node.js/22" })).toEqual([])
  })

  it.each([
    ["NODE_ENV", "production", "production"],
    ["AWS_LAMBDA_FUNCTION_NAME", "my-function", "instances"],
    ["ECS_CONTAINER_METADATA_URI_V4", "http://169.254.170.2/v4/1", "production"],
    ["VERCEL", "1", "instances"],
    ["K_SERVICE", "my-service", "instances"],
    ["GAE_INSTANCE", "aef-1", "instances"],
    ["WEBSITE_INSTANCE_ID", "0a1b", "instances"],
    ["DENO_DEPLOYMENT_ID", "abc", "instances"],
    ["KUBERNETES_SERVICE_HOST", "10.0.0.1", "production"],
    ["DYNO", "web.1", "production"],
    ["FLY_ALLOC_ID", "1d", "production"],
    ["RAILWAY_ENVIRONMENT_NAME", "production", "production"],
    ["RENDER_INSTANCE_ID", "srv-1", "production"],
    ["pm_id", "0", "production"],
    ["NODE_APP_INSTANCE", "1", "instances"],
  ] as const)("knows %s", (name, value, means) => {
    expect(deploymentSignals({ env: { [name]: value } })).toEqual([{ name, value, means }])
    expect(deploymentSignals({ env: { [name]: "" } })).toEqual([])
  })

  it("knows Workers and workers of a cluster", () => {
    expect(deploymentSignals({ env: {}, userAgent: "Cloudflare-Workers" })).toEqual([
      { name: "navigator.userAgent", value: "Cloudflare-Workers", means: "instances" },
    ])
    expect(deploymentSignals({ env: {}, isClusterWorker: true })).toEqual([
      { name: "node:cluster", means: "instances" },
    ])
  })

  it("names all that it sees", () => {
    const env = { NODE_ENV: "production", KUBERNETES_SERVICE_HOST: "10.0.0.1", K_SERVICE: "mcp" }
    expect(
      deploymentSignals({ env })
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(Object.keys(env).toSorted())
  })

  it.each([
    ["another NODE_ENV", { NODE_ENV: "staging" }],
    ["SAM on a developer's machine", { AWS_LAMBDA_FUNCTION_NAME: "f", AWS_SAM_LOCAL: "true" }],
    ["`vercel dev`", { VERCEL: "1", VERCEL_ENV: "development" }],
    ["the first process of PM2, which alone says nothing", { NODE_APP_INSTANCE: "0" }],
    ["a platform overruled by `development`", { NODE_ENV: "development", K_SERVICE: "mcp" }],
    ["a platform overruled by `test`", { NODE_ENV: "test", KUBERNETES_SERVICE_HOST: "10.0.0.1" }],
  ])("takes %s for neither", (_what, env) => {
    expect(deploymentSignals({ env })).toEqual([])
  })

  it("is not overruled where several processes run for certain", () => {
    const env = { NODE_ENV: "development", NODE_APP_INSTANCE: "2" }
    expect(deploymentSignals({ env, isClusterWorker: true })).toHaveLength(2)
  })

  it("reads the environment of this program", () => {
    vi.stubEnv("NODE_ENV", "production")
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(deploymentSignals()).toContainEqual({ name: "NODE_ENV", value: "production", means: "production" })
  })

  it("asks Deno for no permission", () => {
    vi.stubEnv("NODE_ENV", "production")
    onTestFinished(() => void vi.unstubAllEnvs())
    onTestFinished(() => void vi.unstubAllGlobals())
    vi.stubGlobal("Deno", { permissions: { querySync: () => ({ state: "prompt" }) } })
    expect(deploymentSignals()).toEqual([])
    vi.stubGlobal("Deno", { permissions: { querySync: () => ({ state: "granted" }) } })
    expect(deploymentSignals()).toHaveLength(1)
  })

  it("sees that Node's cluster started it", () => {
    const args = ["--import", "tsx", "test/platforms/fixtures/clustered.ts"]
    const env = { PATH: process.env.PATH, NODE_ENV: "development" }
    expect(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", env }))).toEqual([
      { name: "node:cluster", means: "instances" },
    ])
  })

  it("is named by the error about what would be in memory", () => {
    const [signal] = deploymentSignals({ env: { K_SERVICE: "mcp" } })
    if (signal === undefined) return expect.unreachable()
    const error = new MemoryStorageInProduction("The state of `ctx.state`", signal)
    expect([error.code, error.message]).toEqual([
      "FLEET-16",
      expect.stringMatching(
        /^The state of `ctx.state` would .*`K_SERVICE` is `mcp`: .*`storage` that outlives/,
      ),
    ])
  })

  it("is what the page says", () => {
    const page = readFileSync("docs/deployment.md", "utf8")
    for (const { name } of deploymentVariables) expect(page).toContain(`\`${name}\``)
  })
})

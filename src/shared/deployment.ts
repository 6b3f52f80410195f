/** One sign that a program runs in production, or as one of several instances. */
export interface DeploymentSignal {
  /** The variable of the environment, or what else it was seen by. */
  readonly name: string
  /** What the variable holds. */
  readonly value?: string
  /** Production: what is lost is missed. Instances: the next request may be answered by another one. */
  readonly means: "production" | "instances"
}

/** Where a program can see how it was deployed. */
export interface DeploymentMarks {
  /** The variables of its environment. */
  readonly env: { readonly [name: string]: string | undefined }
  /** `navigator.userAgent`. */
  readonly userAgent?: string | undefined
  /** Whether `node:cluster` started it. */
  readonly isClusterWorker?: boolean | undefined
}

interface Variable {
  readonly name: string
  readonly means: DeploymentSignal["means"]
  /** Only with this value. Default: with any but an empty one. */
  readonly value?: string
  /** A variable that a simulator on a developer's machine sets beside it; with this value, or any. */
  readonly unless?: { readonly name: string; readonly value?: string }
}

/** What platforms set. Those that answer each request by whatever instance there is mean several instances. */
export const deploymentVariables: readonly Variable[] = [
  { name: "NODE_ENV", value: "production", means: "production" },
  // AWS Lambda and what is built on it, AWS ECS
  { name: "AWS_LAMBDA_FUNCTION_NAME", means: "instances", unless: { name: "AWS_SAM_LOCAL" } },
  { name: "ECS_CONTAINER_METADATA_URI_V4", means: "production" },
  // Vercel
  { name: "VERCEL", means: "instances", unless: { name: "VERCEL_ENV", value: "development" } },
  // Google Cloud Run and functions, App Engine
  { name: "K_SERVICE", means: "instances" },
  { name: "GAE_INSTANCE", means: "instances" },
  // Azure App Service and Functions
  { name: "WEBSITE_INSTANCE_ID", means: "instances" },
  // Deno Deploy
  { name: "DENO_DEPLOYMENT_ID", means: "instances" },
  // Containers of as many instances as were asked for
  { name: "KUBERNETES_SERVICE_HOST", means: "production" },
  { name: "DYNO", means: "production" },
  { name: "FLY_ALLOC_ID", means: "production" },
  { name: "RAILWAY_ENVIRONMENT_NAME", means: "production" },
  { name: "RENDER_INSTANCE_ID", means: "production" },
  // PM2
  { name: "pm_id", means: "production" },
]

/**
 * Says by what it can be seen that this program runs in production or beside other instances of itself. Where it says
 * nothing, the program may remember things in its own memory. `NODE_ENV` of `development` or `test` overrules what
 * platforms set, and nothing else.
 *
 * @param marks Default: those of this program.
 */
export function deploymentSignals(marks: DeploymentMarks = readMarks()): readonly DeploymentSignal[] {
  const { env, userAgent, isClusterWorker = false } = marks
  const signals: DeploymentSignal[] = []
  if (isClusterWorker) signals.push({ name: "node:cluster", means: "instances" })
  // PM2 counts those that it starts: the first cannot know of others.
  if (isSet(env.NODE_APP_INSTANCE) && env.NODE_APP_INSTANCE !== "0")
    signals.push({ name: "NODE_APP_INSTANCE", value: env.NODE_APP_INSTANCE, means: "instances" })
  if (env.NODE_ENV === "development" || env.NODE_ENV === "test") return signals
  if (userAgent === "Cloudflare-Workers")
    signals.push({ name: "navigator.userAgent", value: userAgent, means: "instances" })
  for (const variable of deploymentVariables) {
    const value = env[variable.name]
    if (isSet(value) && fires(variable, env))
      signals.push({ name: variable.name, value, means: variable.means })
  }
  return signals
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== ""
}

function fires({ name, value, unless }: Variable, env: DeploymentMarks["env"]): boolean {
  if (value !== undefined && env[name] !== value) return false
  if (unless === undefined) return true
  return unless.value === undefined ? !isSet(env[unless.name]) : env[unless.name] !== unless.value
}

interface World {
  readonly navigator?: { readonly userAgent?: string }
  readonly process?: {
    readonly env?: DeploymentMarks["env"]
    readonly getBuiltinModule?: (name: "node:cluster") => { readonly isWorker?: boolean } | undefined
  }
  readonly Deno?: {
    readonly permissions?: { querySync(permission: { readonly name: "env" }): { readonly state: string } }
  }
}

function readMarks(): DeploymentMarks {
  // `as`: what may be there, all of it optional.
  const { navigator, process, Deno: deno } = globalThis as World
  // Deno would ask for the permission, which stops a program.
  const isReadable = deno === undefined || deno.permissions?.querySync({ name: "env" }).state === "granted"
  return {
    env: (isReadable ? process?.env : undefined) ?? {},
    userAgent: navigator?.userAgent,
    // Node takes its own variable out of the environment of a worker before it runs.
    isClusterWorker: deno === undefined && process?.getBuiltinModule?.("node:cluster")?.isWorker === true,
  }
}

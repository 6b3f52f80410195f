/** Serves one of the examples: `npx tsx examples/serve.ts tools`. */
import type { FleetMCP } from "fleetmcp"

const [, , name] = process.argv
// What an example exports is a server.
const example = (await import(`./${name}.ts`)) as { readonly default: FleetMCP }
const { url } = await example.default.run({ transport: "http", port: Number(process.env.PORT ?? 3000) })
console.log(`${name} listens on ${url}`)

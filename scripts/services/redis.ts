import { setTimeout as sleep } from "node:timers/promises"
import { Redis } from "ioredis"
import { freePort } from "../tools/child.ts"
import { findProgram } from "./install.ts"
import { dataFolder, runService, type Service } from "./service.ts"

/** Starts a Redis that asks for a password. */
export async function redisService(): Promise<Service> {
  const port = await freePort()
  const password = crypto.randomUUID()
  return runRedis(`redis://:${password}@127.0.0.1:${port}`, {
    port,
    requirepass: password,
    // What was acknowledged is there after a crash: each write is handed to the system before it is answered.
    appendonly: "yes",
    appendfsync: "no",
  })
}

/** A Redis of several nodes. */
export interface RedisCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  stop(): Promise<void>
}

/** Starts a cluster of two masters, each with half of the keys. */
export async function redisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(
    ["0 8191", "8192 16383"].map(async (slots, at) => {
      const [port, busPort] = [await freePort(), await freePort()]
      const url = `redis://127.0.0.1:${port}`
      const settings = { port, "cluster-enabled": "yes", "cluster-port": busPort }
      const service = await runRedis(url, settings)
      return { service, port, busPort, slots: slots.split(" "), epoch: at + 1, client: new Redis(url) }
    }),
  )
  const [first, ...others] = nodes
  for (const { client, slots, epoch } of nodes) {
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", epoch)
    await client.call("CLUSTER", "ADDSLOTSRANGE", ...slots)
  }
  for (const { port, busPort } of others)
    await first?.client.call("CLUSTER", "MEET", "127.0.0.1", port, busPort)
  for (const { client } of nodes) {
    const deadline = Date.now() + 20_000
    while (!(await isComplete(client))) {
      if (Date.now() > deadline) throw new Error("The nodes of the Redis cluster did not find each other.")
      await sleep(50)
    }
    client.disconnect()
  }
  return {
    nodes: nodes.map(({ port }) => ({ host: "127.0.0.1", port })),
    async stop() {
      await Promise.all(nodes.map(({ service }) => service.stop()))
    },
  }
}

async function isComplete(client: Redis): Promise<boolean> {
  const info = String(await client.call("CLUSTER", "INFO"))
  return info.includes("cluster_state:ok") && info.includes("cluster_size:2")
}

async function runRedis(url: string, settings: Readonly<Record<string, string | number>>): Promise<Service> {
  const folder = dataFolder()
  const all = { bind: "127.0.0.1", dir: folder, save: "", ...settings }
  return runService(url, folder, {
    command: findProgram("redis-server"),
    args: Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ready: /Ready to accept connections/,
    crash: "SIGKILL",
  })
}

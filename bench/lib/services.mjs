/** The servers that storages need: those of the tests, started on loopback when the first row asks for them. */
import { tsImport } from "tsx/esm/api"

const load = (file) => tsImport(`../../${file}`, import.meta.url)

/** What starts each of them and resolves to `{ url, stop }`. */
const STARTS = {
  redis: async () => (await load("scripts/services/redis.ts")).redisService(),
  postgres: async () => (await load("scripts/services/postgres.ts")).postgresService(),
  mongodb: async () => {
    const url = process.env.MONGODB_URL
    return url === undefined ? (await load("scripts/services/mongodb.ts")).mongoService() : { url, stop() {} }
  },
  dynamodb: async () => {
    const { endpoint, stop } = await (await load("test/support/dynamodb.ts")).startDynamodb()
    return { url: endpoint, stop }
  },
}

const running = new Map()
let installing

/** Starts a server, whose programs are installed first where that can be done. */
async function start(name) {
  installing ??= load("scripts/services/install.ts").then(({ installServices }) => installServices())
  // What is missing may be of use to others only.
  const problem = await installing.catch((error) => error)
  try {
    return await STARTS[name]()
  } catch (error) {
    throw problem ?? error
  }
}

/** Says where a server listens, which is started unless it runs. */
export async function urlOf(name) {
  if (!running.has(name)) running.set(name, start(name))
  return (await running.get(name)).url
}

/** Ends all that were started, and deletes what they kept. */
export async function stopServices() {
  const services = await Promise.allSettled(running.values())
  running.clear()
  await Promise.all(services.map(({ value }) => value?.stop()))
}

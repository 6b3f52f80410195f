// #region bridges
import { keyvStorage } from "fleetmcp/storage/keyv"
import { unstorageStorage } from "fleetmcp/storage/unstorage"
import { Keyv } from "keyv"
import { createStorage } from "unstorage"
import fsDriver from "unstorage/drivers/fs-lite"

export const files = unstorageStorage(createStorage({ driver: fsDriver({ base: "./.data/cache" }) }))
export const memory = keyvStorage(new Keyv())

await memory.write("greeting", "hello", { ttl: 60_000 })
// #endregion

// Workers KV

export { type KvNamespace, type KvStorageOptions, kvStorage } from "./cloudflare-kv.ts"

// Durable Objects

export { FleetStorageObject, type FleetStorageObjectState } from "./cloudflare-object.ts"
export {
  type DurableObjectStorageOptions,
  type DurableObjects,
  durableObjectStorage,
} from "./cloudflare-objects.ts"

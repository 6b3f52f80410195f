// Contract

export type { MaybePromise } from "../shared/maybe-promise.ts"
export {
  absent,
  type KeyPage,
  type ListOptions,
  type StorageDriver,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

// Drivers

export { type MemoryStorageOptions, memoryStorage } from "./memory.ts"

// Wrappers

export { type CachedOptions, cached } from "./cached.ts"
export { type CompressedOptions, compressed } from "./compressed.ts"
export { type EncryptedOptions, encrypted } from "./encrypted.ts"
export { type FallbackOptions, fallback } from "./fallback.ts"
export { type LimitedOptions, limited } from "./limited.ts"
export { type LoggedOptions, logged, type StorageCall } from "./logged.ts"
export { readOnly } from "./read-only.ts"
export { type RetriedOptions, retried } from "./retried.ts"
export { scoped } from "./scoped.ts"
export { type TtlRangeOptions, ttl } from "./ttl.ts"

// Tools

export { type Atomic, type AtomicOptions, createAtomic, type Lease, type TtlOption } from "./atomic.ts"

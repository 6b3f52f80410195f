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

// Tools

export { type Atomic, type AtomicOptions, createAtomic, type Lease, type TtlOption } from "./atomic.ts"
export { scoped } from "./scoped.ts"

// Contract

// Tools
export { type Atomic, createAtomic, type Lease } from "./atomic.ts"
// Drivers
export { memoryStorage } from "./memory.ts"
export { scoped } from "./scoped.ts"
export {
  absent,
  type KeyPage,
  type ListOptions,
  type StorageDriver,
  type Stored,
  type Version,
  type WriteOptions,
} from "./storage.ts"

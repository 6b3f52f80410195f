// Storage

export {
  type MakeStorage,
  runStorageCase,
  type StorageContractOptions,
  type StorageLevel,
  storageCases,
  storageContract,
} from "./storage.ts"
export type { StorageCase, StorageSubject } from "./storage-case.ts"
export { runStorageWork, type StorageWork } from "./storage-work.ts"

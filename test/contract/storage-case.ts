export type { StorageSubject } from "../../src/testing/contract/storage-case.ts"

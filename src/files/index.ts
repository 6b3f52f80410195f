// Resources

export {
  type DirectoryEntry,
  type DirectoryListing,
  type DirectoryResourceOptions,
  directoryResource,
} from "../components/static-resources-directory-file.ts"
export { type FileResourceOptions, fileResource } from "../components/static-resources-file.ts"

// Icons

export { iconFromFile } from "../components/icon-file.ts"

// Resources

// Icons
export { iconFromFile } from "../components/icon-file.ts"
export { directoryResource } from "../components/static-resources-directory-file.ts"
export { fileResource } from "../components/static-resources-file.ts"

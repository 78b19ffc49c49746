/** The path of the native library: on disk when run from source, embedded in the executable. */
declare module "#search-library" {
  const path: string;
  export default path;
}

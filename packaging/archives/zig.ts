/**
 * The version of Zig whose compiler builds the native library of a release; setup.sh installs it.
 */
export const version = "0.16.0";

/**
 * What the search engine takes at most and at least.
 */

/** The fewest characters that the longest suffix allowed may have. */
export const MIN_SUFFIX_LIMIT = 16;
export const MAX_THREADS = 1024;
/** The most disjoint parts that the keyspace can be divided into. */
export const MAX_SHARDS = 2 ** 32 - 1;

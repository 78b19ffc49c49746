/*
 * The search engine's whole interface.
 *
 * A puzzle is a token and a number of bits; a solution is a suffix such that the last `bits` bits
 * of SHA256(token + suffix) are zero. The library searches, and does nothing else: it never
 * prints, allocates no memory that outlives a call, throws nothing across this boundary, and
 * writes only to the structures that the caller provides.
 *
 * Every structure holds plain integers and bytes in host order, has no padding and no pointers, so
 * that a caller in any language can lay it out by hand. Whoever changes one of them, or a
 * function, raises TLSLP_ABI_VERSION.
 */
#ifndef TLSLP_SEARCH_H
#define TLSLP_SEARCH_H

#include <stdint.h>

#if defined(_WIN32)
#define TLSLP_API __declspec(dllexport)
#else
#define TLSLP_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define TLSLP_ABI_VERSION 5

#define TLSLP_MAX_TOKEN 128
#define TLSLP_MAX_SUFFIX 128
#define TLSLP_MIN_SUFFIX_LIMIT 16
#define TLSLP_MAX_BITS 64
#define TLSLP_MAX_THREADS 1024
#define TLSLP_MAX_MILLISECONDS 3600000
#define TLSLP_AUTO_KERNEL UINT32_MAX

/* What to search for, and where. */
typedef struct tlslp_task {
  uint64_t start;        /* where in its part of the keyspace each thread begins: any value */
  uint64_t limit_ns;     /* how long the search may take, nanoseconds; 0 for no limit */
  uint32_t bits;         /* 0 to TLSLP_MAX_BITS */
  uint32_t threads;      /* 1 to TLSLP_MAX_THREADS, the calling thread included */
  uint32_t kernel;       /* an index below tlslp_kernel_count(), or TLSLP_AUTO_KERNEL */
  uint32_t suffix_limit; /* longest suffix allowed: TLSLP_MIN_SUFFIX_LIMIT to TLSLP_MAX_SUFFIX */
  uint32_t shard_index;  /* search only this one, 1 to shard_count, … */
  uint32_t shard_count;  /* … of so many disjoint parts of the keyspace: 1 or more */
  uint32_t token_length; /* 1 to TLSLP_MAX_TOKEN */
  uint32_t reserved;     /* 0 */
  uint8_t token[TLSLP_MAX_TOKEN];
} tlslp_task;

/* One thread's counter, alone on its cache lines so that no two threads write to the same one. */
typedef struct tlslp_counter {
  uint64_t attempts; /* candidates hashed so far, exact; written by its thread alone */
  uint64_t reserved[15];
} tlslp_counter;

/*
 * Memory that both sides look at while a search runs. The caller zeroes it before the call and
 * provides as many counters as the task has threads, right behind it.
 */
typedef struct tlslp_control {
  uint32_t cancel; /* the caller stores a value other than 0: every thread stops within 5 ms */
  uint32_t reserved[31];
  /* tlslp_counter counters[threads] */
} tlslp_control;

/* What was found. */
typedef struct tlslp_answer {
  uint32_t kernel;        /* index of the kernel that searched */
  uint32_t suffix_length; /* 1 to suffix_limit */
  uint8_t suffix[TLSLP_MAX_SUFFIX];
} tlslp_answer;

typedef enum tlslp_status {
  TLSLP_FOUND = 0,
  TLSLP_CANCELLED = 1,
  TLSLP_EXHAUSTED = 2,        /* the shard has no solution; does not happen unless it is tiny */
  TLSLP_BAD_TASK = 3,         /* a field is out of its range */
  TLSLP_BAD_KERNEL = 4,       /* this processor lacks it, or it failed its self-test */
  TLSLP_OUT_OF_RESOURCES = 5, /* a thread could not be started, nothing found */
  TLSLP_TIMED_OUT = 6         /* limit_ns has passed */
} tlslp_status;

/* The TLSLP_ABI_VERSION that the library was built with. */
TLSLP_API uint32_t tlslp_abi_version(void);

/* How many kernels the library was built with. At least 1: the portable one, which is index 0. */
TLSLP_API uint32_t tlslp_kernel_count(void);

/* A kernel's name, ASCII, valid for ever; NULL for an index out of range. */
TLSLP_API const char* tlslp_kernel_name(uint32_t kernel);

/* 1 when this processor can run the kernel and it passed its self-test, else 0. */
TLSLP_API uint32_t tlslp_kernel_usable(uint32_t kernel);

/* 1 when the kernel failed a self-test since the library was loaded, else 0; makes none. */
TLSLP_API uint32_t tlslp_kernel_failed(uint32_t kernel);

/*
 * Makes the choice that tlslp_search would begin with: puts the kernel that TLSLP_AUTO_KERNEL
 * stands for into the task, and takes the time that it took from the limit. For callers who want to
 * know before they search which kernels failed. Returns 0, or TLSLP_CANCELLED, TLSLP_TIMED_OUT,
 * TLSLP_BAD_TASK or TLSLP_BAD_KERNEL; then the task is as it was.
 */
TLSLP_API int32_t tlslp_choose(tlslp_task* task, tlslp_control* control);

/*
 * Blocks until a solution is found, until control->cancel is set, until the task's limit has
 * passed, or until the keyspace is exhausted; returns a tlslp_status. Only TLSLP_FOUND fills the
 * answer. When it returns, every thread it started has ended and the counters no longer change.
 */
TLSLP_API int32_t tlslp_search(const tlslp_task* task, tlslp_control* control,
                               tlslp_answer* answer);

/*
 * Lets so many threads (1 to TLSLP_MAX_THREADS) search with a kernel, or with the one that
 * TLSLP_AUTO_KERNEL stands for, for about so long (1 to TLSLP_MAX_MILLISECONDS), and says how many
 * candidates they hashed and how long it took. Blocks meanwhile. Returns 0, or TLSLP_BAD_TASK,
 * TLSLP_BAD_KERNEL or TLSLP_OUT_OF_RESOURCES.
 */
TLSLP_API int32_t tlslp_measure(uint32_t kernel, uint32_t threads, uint32_t milliseconds,
                                uint64_t* candidates, uint64_t* nanoseconds);

#ifdef __cplusplus
}
#endif

#endif

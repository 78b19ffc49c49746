/**
 * @file
 * The C interface of the search engine.
 *
 * A puzzle is a token and a number of bits. A solution is a suffix such that SHA256(token + suffix)
 * ends in that many zero bits. tlslp_search() finds one; the other functions tell which kernels
 * there are (a kernel is code for one kind of processor) and how fast they are.
 *
 * The library never prints, throws no exceptions, allocates no memory that outlives a call, and
 * writes only to the structures that the caller provides. All functions may be called from any
 * thread.
 *
 * All structures consist of integers and bytes in host order, without padding or pointers, so that
 * a caller in any language can lay them out by hand. A change of a structure or a function raises
 * TLSLP_ABI_VERSION.
 */
#ifndef TLSLP_SEARCH_H
#define TLSLP_SEARCH_H

#include <stdint.h>

#if defined(_WIN32)
/** Exports a function of this interface from the library. */
#define TLSLP_API __declspec(dllexport)
#else
/** Exports a function of this interface from the library. */
#define TLSLP_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** The version of this interface; compare it with tlslp_abi_version(). */
#define TLSLP_ABI_VERSION 5

/** The most bytes of a token. */
#define TLSLP_MAX_TOKEN 128
/** The most bytes of a suffix. */
#define TLSLP_MAX_SUFFIX 128
/** The least value of tlslp_task.suffix_limit. */
#define TLSLP_MIN_SUFFIX_LIMIT 16
/** The most zero bits of a puzzle. */
#define TLSLP_MAX_BITS 64
/** The most threads of a search. */
#define TLSLP_MAX_THREADS 1024
/** The longest measurement: one hour. */
#define TLSLP_MAX_MILLISECONDS 3600000

/** In place of a kernel's index: the library selects a kernel that is fast on this processor. */
#define TLSLP_AUTO_KERNEL UINT32_MAX

/** A puzzle, and how to search for its solution. */
typedef struct tlslp_task {
  uint64_t start;        /**< where each thread begins in its part of the keyspace: any value */
  uint64_t limit_ns;     /**< time limit in nanoseconds, kernel selection included; 0 for none */
  uint32_t bits;         /**< 0 to TLSLP_MAX_BITS */
  uint32_t threads;      /**< 1 to TLSLP_MAX_THREADS, including the calling thread */
  uint32_t kernel;       /**< an index below tlslp_kernel_count(), or TLSLP_AUTO_KERNEL */
  uint32_t suffix_limit; /**< longest suffix: TLSLP_MIN_SUFFIX_LIMIT to TLSLP_MAX_SUFFIX */
  uint32_t shard_index;  /**< which part of the keyspace to search: 1 to shard_count */
  uint32_t shard_count;  /**< into how many disjoint parts it is divided: 1 or more */
  uint32_t token_length; /**< 1 to TLSLP_MAX_TOKEN */
  uint32_t reserved;     /**< 0 */
  uint8_t token[TLSLP_MAX_TOKEN]; /**< its first token_length bytes are hashed, whatever they are */
} tlslp_task;

/** Progress of one thread. Padded, so that no two threads write to the same cache line. */
typedef struct tlslp_counter {
  uint64_t attempts;     /**< how many candidates the thread has hashed so far */
  uint64_t reserved[15]; /**< 0 */
} tlslp_counter;

/**
 * Memory that the caller and the library share while a search runs. Directly after the structure
 * the caller provides one tlslp_counter for each thread of the task. Before a search the caller
 * fills this memory with zeros.
 */
typedef struct tlslp_control {
  uint32_t cancel;       /**< to stop all threads within 5 ms, the caller stores any value but 0 */
  uint32_t reserved[31]; /**< 0 */
  /* tlslp_counter counters[threads] */
} tlslp_control;

/** A solution. */
typedef struct tlslp_answer {
  uint32_t kernel;                  /**< index of the kernel that searched */
  uint32_t suffix_length;           /**< 1 to suffix_limit */
  uint8_t suffix[TLSLP_MAX_SUFFIX]; /**< of A-Z a-z 0-9 _ -, without a NUL at its end */
} tlslp_answer;

/** How a function ended. */
typedef enum tlslp_status {
  TLSLP_FOUND = 0,      /**< success, of all functions */
  TLSLP_CANCELLED = 1,  /**< the caller has set tlslp_control.cancel */
  TLSLP_EXHAUSTED = 2,  /**< the shard has no solution; only a tiny shard can be exhausted */
  TLSLP_BAD_TASK = 3,   /**< an argument is out of its range */
  TLSLP_BAD_KERNEL = 4, /**< this processor cannot run the kernel, or it failed its self-test */
  TLSLP_OUT_OF_RESOURCES = 5, /**< a thread could not be started */
  TLSLP_TIMED_OUT = 6         /**< limit_ns has passed */
} tlslp_status;

/** Returns the TLSLP_ABI_VERSION that the library was built with. */
TLSLP_API uint32_t tlslp_abi_version(void);

/** Returns how many kernels the library has, at least 1. Index 0 is the portable kernel. */
TLSLP_API uint32_t tlslp_kernel_count(void);

/** Returns a kernel's name in ASCII, valid forever; NULL if the index is out of range. */
TLSLP_API const char* tlslp_kernel_name(uint32_t kernel);

/** Returns 1 if this processor can run the kernel and it passes its self-test, else 0. */
TLSLP_API uint32_t tlslp_kernel_usable(uint32_t kernel);

/** Returns 1 if the kernel has failed a self-test so far, else 0. Runs no self-test. */
TLSLP_API uint32_t tlslp_kernel_failed(uint32_t kernel);

/**
 * Does the first step of tlslp_search: selects the kernel. A caller uses it to learn which kernels
 * fail their self-test before a long search begins.
 *
 * If the task asks for TLSLP_AUTO_KERNEL, stores the selected kernel in the task. Subtracts the
 * time that this took from the task's limit. Returns TLSLP_FOUND, or leaves the task as it is and
 * returns TLSLP_CANCELLED, TLSLP_TIMED_OUT, TLSLP_BAD_TASK or TLSLP_BAD_KERNEL.
 */
TLSLP_API int32_t tlslp_choose(tlslp_task* task, tlslp_control* control);

/**
 * Searches until a solution is found, the caller cancels, the time limit passes, or the shard is
 * exhausted. Returns a tlslp_status; fills the answer only for TLSLP_FOUND. When it returns, all
 * threads that it started have ended.
 *
 * @code
 * struct { tlslp_control control; tlslp_counter counters[2]; } memory = {0};
 * tlslp_task task = {
 *   .bits = 20, .threads = 2, .kernel = TLSLP_AUTO_KERNEL, .suffix_limit = TLSLP_MAX_SUFFIX,
 *   .shard_index = 1, .shard_count = 1, .token_length = 5, .token = "token",
 * };
 * tlslp_answer answer;
 * if (tlslp_search(&task, &memory.control, &answer) == TLSLP_FOUND) {
 *   printf("%.*s\n", (int)answer.suffix_length, answer.suffix);
 * }
 * @endcode
 */
TLSLP_API int32_t tlslp_search(const tlslp_task* task, tlslp_control* control,
                               tlslp_answer* answer);

/**
 * Measures a kernel: searches with it on `threads` threads (1 to TLSLP_MAX_THREADS) for about
 * `milliseconds` (1 to TLSLP_MAX_MILLISECONDS), and stores how many candidates they hashed and how
 * long that took. Returns TLSLP_FOUND, or stores nothing and returns TLSLP_BAD_TASK,
 * TLSLP_BAD_KERNEL or TLSLP_OUT_OF_RESOURCES.
 */
TLSLP_API int32_t tlslp_measure(uint32_t kernel, uint32_t threads, uint32_t milliseconds,
                                uint64_t* candidates, uint64_t* nanoseconds);

#ifdef __cplusplus
}
#endif

#endif

/*
 * A machine that fails on demand: preloaded into a program under test, it replaces functions of the
 * C library. Each fault is on while the file that its variable names exists.
 *
 *   FAULT_LOOKUP  names are not resolved, and never refused either
 *   FAULT_CLOCK   the clock of the day, though not the monotonic one, is half a day ahead
 *   FAULT_SHORT   a socket takes three bytes at a time
 *   FAULT_SEND    a socket takes nothing: out of buffers, for good
 *   FAULT_NOSYNC  the file system cannot sync (EINVAL)
 *   FAULT_DISK    the disk fails when a folder is synced (EIO)
 *   FAULT_NOLINK  the file system has no hard links (EPERM)
 *   FAULT_THREADS the native search cannot start threads (EAGAIN); the runtime still can
 *   FAULT_CROWDED there are 16 processors, and the native search may have 8 more threads at a time
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const time_t half_a_day = 12 * 60 * 60;

static int is_on(const char *fault) {
  const int before = errno;
  const char *file = getenv(fault);
  const int on = file != NULL && access(file, F_OK) == 0;
  errno = before;
  return on;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result) {
  while (is_on("FAULT_LOOKUP")) {
    usleep(10000);
  }
  return REAL(getaddrinfo)(node, service, hints, result);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  const int outcome = REAL(clock_gettime)(clock, now);
  if ((clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && is_on("FAULT_CLOCK")) {
    now->tv_sec += half_a_day;
  }
  return outcome;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  const int outcome = REAL(gettimeofday)(now, zone);
  if (is_on("FAULT_CLOCK")) {
    now->tv_sec += half_a_day;
  }
  return outcome;
}

time_t time(time_t *now) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now != NULL) {
    *now = precise.tv_sec;
  }
  return precise.tv_sec;
}

ssize_t send(int socket, const void *bytes, size_t length, int flags) {
  if (is_on("FAULT_SEND")) {
    errno = ENOBUFS;
    return -1;
  }
  return REAL(send)(socket, bytes, is_on("FAULT_SHORT") && length > 3 ? 3 : length, flags);
}

int fsync(int file) {
  struct stat status;
  if (is_on("FAULT_NOSYNC")) {
    errno = EINVAL;
    return -1;
  }
  if (is_on("FAULT_DISK") && fstat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
    errno = EIO;
    return -1;
  }
  return REAL(fsync)(file);
}

int link(const char *from, const char *to) {
  if (is_on("FAULT_NOLINK")) {
    errno = EPERM;
    return -1;
  }
  return REAL(link)(from, to);
}

struct task {
  void *(*routine)(void *);
  void *argument;
};

static atomic_int searching;

static void *search(void *given) {
  const struct task task = *(struct task *)given;
  free(given);
  void *outcome = task.routine(task.argument);
  atomic_fetch_sub(&searching, 1);
  return outcome;
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
                   void *(*routine)(void *), void *restrict argument) {
  Dl_info library;
  const int is_native =
      dladdr((void *)routine, &library) != 0 && strstr(library.dli_fname, "/fd/") != NULL;
  if (is_native && is_on("FAULT_THREADS")) {
    return EAGAIN;
  }
  if (is_native && is_on("FAULT_CROWDED")) {
    if (atomic_fetch_add(&searching, 1) >= 8) {
      atomic_fetch_sub(&searching, 1);
      return EAGAIN;
    }
    struct task *task = malloc(sizeof *task);
    *task = (struct task){routine, argument};
    return REAL(pthread_create)(thread, attributes, search, task);
  }
  return REAL(pthread_create)(thread, attributes, routine, argument);
}

static const int processors = 16;

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
  if (!is_on("FAULT_CROWDED")) {
    return REAL(sched_getaffinity)(process, size, set);
  }
  CPU_ZERO_S(size, set);
  for (int processor = 0; processor < processors; ++processor) {
    CPU_SET_S(processor, size, set);
  }
  return 0;
}

long sysconf(int name) {
  const int is_count = name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF;
  return is_count && is_on("FAULT_CROWDED") ? processors : REAL(sysconf)(name);
}

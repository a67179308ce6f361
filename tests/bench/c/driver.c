#include "driver.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

struct order {
  void (*call)(void *caller);
  long calls;
  atomic_long begun;
  double *latencies; /* one for each call, in microseconds */
};

struct worker {
  pthread_t thread;
  struct order *order;
  void *caller;
};

_Noreturn void fail(const char *message)
{
  fprintf(stderr, "%s\n", message);
  exit(1);
}

/* Returns the time in seconds. */
static double now(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Returns the seconds between two times. */
static double between(struct timeval begin, struct timeval end)
{
  return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_usec - begin.tv_usec) / 1e6;
}

static void *work(void *argument)
{
  struct worker *worker = argument;
  struct order *order = worker->order;
  long number;

  while ((number = atomic_fetch_add(&order->begun, 1)) < order->calls) {
    double begun = now();
    order->call(worker->caller);
    order->latencies[number] = (now() - begun) * 1e6;
  }
  return NULL;
}

static void make_calls(struct order *order, struct worker *workers, long in_flight)
{
  long i;
  atomic_store(&order->begun, 0);
  for (i = 0; i < in_flight; i++)
    workers[i].order = order;
  if (in_flight == 1) {
    work(workers);
    return;
  }
  for (i = 0; i < in_flight; i++)
    if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
      fail("cannot start a thread");
  for (i = 0; i < in_flight; i++)
    pthread_join(workers[i].thread, NULL);
}

static void *allocate(void *memory, size_t count, size_t size)
{
  memory = realloc(memory, (count + 1) * size);
  if (memory == NULL)
    fail("out of memory");
  return memory;
}

int serve(int argc, char **argv, void *(*open)(const struct target *), void (*call)(void *caller))
{
  struct target target;
  struct worker *workers = NULL;
  long opened = 0, warm, in_flight, calls, i;

  if (argc < 3)
    fail("usage: DRIVER BASE_URL TOKEN [CA_FILE]");
  target.base_url = argv[1];
  target.token = argv[2];
  target.ca = argv[3];

  while (scanf("%ld %ld %ld", &warm, &in_flight, &calls) == 3) {
    struct order order = {.call = call};
    struct rusage before, after;
    double begun, wall;

    workers = allocate(workers, (size_t)(in_flight > opened ? in_flight : opened), sizeof *workers);
    for (; opened < in_flight; opened++)
      workers[opened].caller = open(&target);
    order.latencies =
        allocate(NULL, (size_t)(warm > calls ? warm : calls), sizeof *order.latencies);

    order.calls = warm;
    make_calls(&order, workers, in_flight);
    order.calls = calls;
    getrusage(RUSAGE_SELF, &before);
    begun = now();
    make_calls(&order, workers, in_flight);
    wall = now() - begun;
    getrusage(RUSAGE_SELF, &after);

    printf("{\"wall_s\":%.9f,\"user_s\":%.6f,\"system_s\":%.6f,\"latencies_us\":[", wall,
           between(before.ru_utime, after.ru_utime), between(before.ru_stime, after.ru_stime));
    for (i = 0; i < calls; i++)
      printf(i ? ",%.3f" : "%.3f", order.latencies[i]);
    printf("]}\n");
    fflush(stdout);
    free(order.latencies);
  }
  return 0;
}

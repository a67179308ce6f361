/* What the C drivers of the bench have in common: they make calls when they are told to, and say what those took.
 *
 * A driver is started with a base URL, an access token and, for TLS, a file with the certificate to trust. Each line of its
 * standard input is an order, `WARM IN_FLIGHT CALLS`: so many calls that do not count, then so many that do, so many at a
 * time. It answers with a line of JSON: the seconds that all of them took (wall_s), those of processor time of this process,
 * user and system (cpu_s), and the microseconds that each took (latencies_us). */
#ifndef DRIVER_H
#define DRIVER_H

struct target {
  const char *base_url; /* without a slash at the end */
  const char *token;
  const char *ca; /* a file in PEM; NULL over HTTP */
};

/* Obeys the orders until there are no more. `open` makes what `call` makes calls with, one call at a time: as many of them as
 * calls are to be in flight. */
int serve(int argc, char **argv, void *(*open)(const struct target *), void (*call)(void *caller));

/* Says what went wrong, and ends the process: a measurement of something else is none. */
_Noreturn void give_up(const char *what);

#endif

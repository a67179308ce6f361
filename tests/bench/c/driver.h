/* The common code of the C drivers of the bench, which make calls on order and measure them.
 *
 * The arguments are a base URL, an access token and, for TLS, a file with the authority to trust.
 * Each line of standard input is an order, `WARM IN_FLIGHT CALLS`. The driver makes WARM calls that
 * do not count, then CALLS calls that count, IN_FLIGHT at a time. It answers with a line of JSON:
 *
 * - wall_s: the seconds of all calls that count
 * - user_s, system_s: the CPU seconds of this process in this time, outside and inside the kernel
 * - latencies_us: the microseconds of each call */
#ifndef DRIVER_H
#define DRIVER_H

struct target {
  const char *base_url; /* without a slash at the end */
  const char *token;
  const char *ca; /* a file in PEM; NULL over HTTP */
};

/* Executes the orders until the input ends. `open` makes a caller, with which `call` makes one call
 * at a time. There is one caller for each call in flight. */
int serve(int argc, char **argv, void *(*open)(const struct target *), void (*call)(void *caller));

/* Prints an error message, and ends the process: measuring errors would be meaningless. */
_Noreturn void fail(const char *message);

#endif

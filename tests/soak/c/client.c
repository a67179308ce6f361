/* The soak client in C: 64 threads that share two clients. */
#include <jumpqr.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define APPID "wx1234567890abcdef"
#define MAX_THREADS 256

static uint32_t calls;
static jumpqr_client *clients[2];

static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static uint32_t next;

/* Ends the program if `holds` is false. */
static void must(int holds, const char *what)
{
  if (holds)
    return;
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

static void must_succeed(jumpqr_status status, const char *what)
{
  must(status == JUMPQR_STATUS_OK, what);
}

static const char *read_setting(const char *name)
{
  const char *value = getenv(name);
  must(value != NULL, name);
  return value;
}

static jumpqr_client *open_client(uint32_t max_retries)
{
  const char *base_url = read_setting("JUMPQR_BASE_URL");
  jumpqr_client_config *config;
  jumpqr_client *client;
  must_succeed(jumpqr_client_config_new(&config, NULL), "config_new");
  must_succeed(jumpqr_client_config_set_app(config, "wxsoak000000000000", "secret", NULL),
               "set_app");
  must_succeed(jumpqr_client_config_set_base_url(config, base_url, NULL), "set_base_url");
  must_succeed(jumpqr_client_config_set_max_retries(config, max_retries, NULL), "set_max_retries");
  must_succeed(jumpqr_client_config_set_pacing(config, false, NULL), "set_pacing");
  must_succeed(jumpqr_client_new(config, &client, NULL), "client_new");
  jumpqr_client_config_free(config);
  return client;
}

/* Prints the error of a call, and frees it. Each line is one call of printf, so threads do not mix
 * lines. */
static void print_error(uint32_t number, jumpqr_error *error)
{
  jumpqr_text rid = jumpqr_error_rid(error);
  char errcode[24] = "-";
  if (jumpqr_error_has_errcode(error))
    snprintf(errcode, sizeof errcode, "%ld", (long)jumpqr_error_errcode(error));
  printf("%lu error %s %s %s %s %s\n", (unsigned long)number,
         jumpqr_error_kind(error).data, jumpqr_error_code(error).data,
         errcode, rid.data == NULL ? "-" : rid.data, jumpqr_error_outcome(error).data);
  jumpqr_error_free(error);
}

static void list(jumpqr_client *client, uint32_t number)
{
  char prefix[64];
  const char *prefix_list[1];
  jumpqr_jump_qr_code_list *found;
  jumpqr_error *error;
  jumpqr_status status;
  size_t count;
  snprintf(prefix, sizeof prefix, "http://weixin.qq.com/q/g%lu", (unsigned long)number);
  prefix_list[0] = prefix;
  status = jumpqr_get_jump_qr_code_by_prefix(client, APPID, prefix_list, 1, &found, &error);
  if (status != JUMPQR_STATUS_OK) {
    print_error(number, error);
    return;
  }
  count = jumpqr_jump_qr_code_list_rule_count(found);
  must(count > 0, "listing");
  printf("%lu listed %lu %s %s\n", (unsigned long)number, (unsigned long)count,
         jumpqr_listed_rule_prefix(jumpqr_jump_qr_code_list_rule(found, 0)).data,
         jumpqr_listed_rule_path(jumpqr_jump_qr_code_list_rule(found, count - 1)).data);
  jumpqr_jump_qr_code_list_free(found);
}

static void add(jumpqr_client *client, uint32_t number)
{
  char prefix[64];
  jumpqr_service_account_rule fields;
  jumpqr_rule *rule;
  jumpqr_text confirmation;
  jumpqr_error *error;
  jumpqr_status status;
  snprintf(prefix, sizeof prefix, "http://weixin.qq.com/q/a%lu", (unsigned long)number);
  jumpqr_service_account_rule_init(&fields, sizeof fields);
  fields.prefix = prefix;
  fields.appid = APPID;
  fields.path = "pages/index/index";
  must_succeed(jumpqr_rule_from_service_account(&fields, &rule, NULL), "rule");
  status = jumpqr_add_jump_qr_code(client, rule, JUMPQR_EDIT_ADD, &confirmation, &error);
  if (status == JUMPQR_STATUS_OK)
    printf("%lu %s\n", (unsigned long)number, confirmation.data);
  else
    print_error(number, error);
  jumpqr_rule_free(rule);
}

static void *work(void *unused)
{
  (void)unused;
  for (;;) {
    uint32_t number;
    pthread_mutex_lock(&counting);
    number = next < calls ? next++ : calls;
    pthread_mutex_unlock(&counting);
    if (number == calls)
      return NULL;
    (number & 1 ? add : list)(clients[number >> 1 & 1], number);
  }
}

/* Reports the end of a part, and waits for the start of the next one. */
static void report_and_wait(const char *line)
{
  int letter;
  puts(line);
  fflush(stdout);
  do
    letter = getchar();
  while (letter != '\n' && letter != EOF);
}

int main(void)
{
  pthread_t threads[MAX_THREADS];
  size_t in_flight = strtoul(read_setting("SOAK_IN_FLIGHT"), NULL, 10);
  size_t i;
  calls = (uint32_t)strtoul(read_setting("SOAK_CALLS"), NULL, 10);
  must(in_flight <= MAX_THREADS, "SOAK_IN_FLIGHT");
  clients[0] = open_client(0);
  clients[1] = open_client(3);
  report_and_wait("start 2");
  for (i = 0; i < in_flight; i++)
    must(pthread_create(&threads[i], NULL, work, NULL) == 0, "pthread_create");
  for (i = 0; i < in_flight; i++)
    must(pthread_join(threads[i], NULL) == 0, "pthread_join");
  jumpqr_client_free(clients[0]);
  jumpqr_client_free(clients[1]);
  report_and_wait("end");
  return 0;
}

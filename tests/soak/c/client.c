/* The soak client in C: 64 threads on one client. */
#include <jumpqr.h>

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define APPID "wx1234567890abcdef"
#define MOST_THREADS 256

static uint32_t calls;
static jumpqr_client *clients[2];

static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static uint32_t next;

/* Ends the program where something fails that must not. */
static void must(int is_so, const char *what)
{
  if (is_so)
    return;
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

static const char *setting(const char *name)
{
  const char *value = getenv(name);
  must(value != NULL, name);
  return value;
}

static jumpqr_client *open_client(uint32_t max_retries)
{
  jumpqr_client_config *config;
  jumpqr_client *client;
  must(jumpqr_client_config_new(&config, NULL) == JUMPQR_STATUS_OK, "config_new");
  must(jumpqr_client_config_set_app(config, "wxsoak000000000000", "secret", NULL) == JUMPQR_STATUS_OK, "set_app");
  must(jumpqr_client_config_set_base_url(config, setting("JUMPQR_BASE_URL"), NULL) == JUMPQR_STATUS_OK, "set_base_url");
  must(jumpqr_client_config_set_max_retries(config, max_retries, NULL) == JUMPQR_STATUS_OK, "set_max_retries");
  must(jumpqr_client_config_set_pacing(config, false, NULL) == JUMPQR_STATUS_OK, "set_pacing");
  must(jumpqr_client_new(config, &client, NULL) == JUMPQR_STATUS_OK, "client_new");
  jumpqr_client_config_free(config);
  return client;
}

/* Says what a call failed with, and frees it. A line is one call of printf, so that no other thread gets in between. */
static void say_error(uint32_t number, jumpqr_error *error)
{
  jumpqr_text rid = jumpqr_error_rid(error);
  char errcode[24] = "-";
  if (jumpqr_error_has_errcode(error))
    snprintf(errcode, sizeof errcode, "%ld", (long)jumpqr_error_errcode(error));
  printf("%lu error %s %s %s %s %s\n", (unsigned long)number, jumpqr_error_kind(error).data, jumpqr_error_code(error).data,
         errcode, rid.data == NULL ? "-" : rid.data, jumpqr_error_outcome(error).data);
  jumpqr_error_free(error);
}

static void list(jumpqr_client *client, uint32_t number)
{
  char prefix[64];
  const char *prefix_list[1];
  jumpqr_jump_qr_code_list *found;
  jumpqr_error *error;
  size_t count;
  snprintf(prefix, sizeof prefix, "http://weixin.qq.com/q/g%lu", (unsigned long)number);
  prefix_list[0] = prefix;
  if (jumpqr_get_jump_qr_code_by_prefix(client, APPID, prefix_list, 1, &found, &error) != JUMPQR_STATUS_OK) {
    say_error(number, error);
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
  snprintf(prefix, sizeof prefix, "http://weixin.qq.com/q/a%lu", (unsigned long)number);
  jumpqr_service_account_rule_init(&fields, sizeof fields);
  fields.prefix = prefix;
  fields.appid = APPID;
  fields.path = "pages/index/index";
  must(jumpqr_rule_from_service_account(&fields, &rule, NULL) == JUMPQR_STATUS_OK, "rule_from_service_account");
  if (jumpqr_add_jump_qr_code(client, rule, JUMPQR_EDIT_ADD, &confirmation, &error) == JUMPQR_STATUS_OK)
    printf("%lu %s\n", (unsigned long)number, confirmation.data);
  else
    say_error(number, error);
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

/* Says that a part is over, and waits until the next one may begin. */
static void turn(const char *line)
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
  pthread_t threads[MOST_THREADS];
  size_t in_flight = strtoul(setting("SOAK_IN_FLIGHT"), NULL, 10);
  size_t i;
  calls = (uint32_t)strtoul(setting("SOAK_CALLS"), NULL, 10);
  must(in_flight <= MOST_THREADS, "SOAK_IN_FLIGHT");
  clients[0] = open_client(0);
  clients[1] = open_client(3);
  turn("start 2");
  for (i = 0; i < in_flight; i++)
    must(pthread_create(&threads[i], NULL, work, NULL) == 0, "pthread_create");
  for (i = 0; i < in_flight; i++)
    must(pthread_join(threads[i], NULL) == 0, "pthread_join");
  jumpqr_client_free(clients[0]);
  jumpqr_client_free(clients[1]);
  turn("end");
  return 0;
}

/* Adds the sample rule through jumpqr. */
#include "driver.h"

#include <jumpqr.h>
#include <stdio.h>
#include <stdlib.h>

static void must(jumpqr_status status, jumpqr_error *error)
{
  if (status != JUMPQR_STATUS_OK)
    fail(jumpqr_error_message(error).data);
}

/* Returns the content of a file, with a NUL at its end. The caller frees it. */
static char *read_file(const char *path, size_t *length)
{
  const size_t most = 64 * 1024;
  char *content = malloc(most);
  FILE *file = fopen(path, "rb");

  if (content == NULL || file == NULL)
    fail("cannot read the certificate");
  *length = fread(content, 1, most - 1, file);
  content[*length] = 0;
  fclose(file);
  return content;
}

/* Returns the one client that all callers share. */
static void *open_client(const struct target *target)
{
  static jumpqr_client *client = NULL;
  jumpqr_client_config *config;
  jumpqr_error *error = NULL;

  if (client != NULL)
    return client;
  must(jumpqr_client_config_new(&config, &error), error);
  must(jumpqr_client_config_set_access_token(config, target->token, &error), error);
  must(jumpqr_client_config_set_base_url(config, target->base_url, &error), error);
  must(jumpqr_client_config_set_pacing(config, false, &error), error);
  if (target->ca != NULL) {
    size_t length;
    char *ca = read_file(target->ca, &length);
    must(jumpqr_client_config_set_tls_roots(config, ca, length, &error), error);
    free(ca);
  }
  must(jumpqr_client_new(config, &client, &error), error);
  jumpqr_client_config_free(config);
  return client;
}

static void add(void *client)
{
  const char *debug_url[] = {"https://weixin.qq.com/qrcodejump?a=1",
                             "https://weixin.qq.com/qrcodejump?a=2"};
  jumpqr_ordinary_link_rule fields;
  jumpqr_rule *rule;
  jumpqr_error *error = NULL;

  jumpqr_ordinary_link_rule_init(&fields, sizeof fields);
  fields.prefix = "https://weixin.qq.com/qrcodejump";
  fields.permit_sub_rule = JUMPQR_PERMIT_SUB_RULE_NOT_OCCUPIED;
  fields.path = "pages/index/index";
  fields.open_version = JUMPQR_OPEN_VERSION_DEVELOPMENT;
  fields.debug_url = debug_url;
  fields.debug_url_count = 2;
  must(jumpqr_rule_from_ordinary_link(&fields, &rule, &error), error);
  must(jumpqr_add_jump_qr_code(client, rule, JUMPQR_EDIT_ADD, NULL, &error), error);
  jumpqr_rule_free(rule);
}

int main(int argc, char **argv)
{
  return serve(argc, argv, open_client, add);
}

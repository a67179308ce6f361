/* Adds, lists, publishes and deletes a rule, then makes two mistakes. The account is in
 * JUMPQR_APPID and JUMPQR_SECRET. */
#include <jumpqr.h>

#include <stdio.h>
#include <stdlib.h>

/* Prints an error and its advice, and frees it. */
static void explain(jumpqr_error *error)
{
  size_t i;
  printf("%s: %s\n", jumpqr_error_code(error).data, jumpqr_error_message(error).data);
  for (i = 0; i < jumpqr_error_violation_count(error); i++)
    printf("  fix %s\n", jumpqr_finding_field(jumpqr_error_violation(error, i)).data);
  printf("  %s\n", jumpqr_error_advice(error).data);
  jumpqr_error_free(error);
}

/* Ends the program if the call failed. */
static void must(jumpqr_status status, jumpqr_error **error)
{
  if (status == JUMPQR_STATUS_OK)
    return;
  explain(*error);
  exit(1);
}

static jumpqr_client *open_client(void)
{
  const char *appid = getenv("JUMPQR_APPID");
  const char *secret = getenv("JUMPQR_SECRET");
  const char *base_url = getenv("JUMPQR_BASE_URL"); /* a sandbox; NULL means WeChat itself */
  jumpqr_client_config *config;
  jumpqr_client *client;
  jumpqr_error *error;

  must(jumpqr_client_config_new(&config, &error), &error);
  must(jumpqr_client_config_set_app(config, appid, secret, &error), &error);
  if (base_url != NULL)
    must(jumpqr_client_config_set_base_url(config, base_url, &error), &error);
  must(jumpqr_client_new(config, &client, &error), &error);
  jumpqr_client_config_free(config);
  return client;
}

int main(void)
{
  const char *links[] = {"https://m.example.cn/table/?id=1"};
  jumpqr_ordinary_link_rule fields;
  jumpqr_rule *rule;
  jumpqr_jump_qr_code_list *list;
  jumpqr_error *error = NULL;
  jumpqr_status status;
  jumpqr_client *client = open_client();
  size_t i;

  jumpqr_ordinary_link_rule_init(&fields, sizeof fields);
  fields.prefix = "https://m.example.cn/table/";
  fields.path = "pages/index/index";
  fields.open_version = JUMPQR_OPEN_VERSION_DEVELOPMENT;
  fields.permit_sub_rule = JUMPQR_PERMIT_SUB_RULE_NOT_OCCUPIED;
  fields.debug_url = links;
  fields.debug_url_count = 1;
  must(jumpqr_rule_from_ordinary_link(&fields, &rule, &error), &error);
  must(jumpqr_add_jump_qr_code(client, rule, JUMPQR_EDIT_ADD, NULL, &error), &error);
  jumpqr_rule_free(rule);

  must(jumpqr_get_jump_qr_code(client, &list, &error), &error);
  for (i = 0; i < jumpqr_jump_qr_code_list_rule_count(list); i++)
    printf("listed %s\n", jumpqr_listed_rule_prefix(jumpqr_jump_qr_code_list_rule(list, i)).data);
  jumpqr_jump_qr_code_list_free(list);

  must(jumpqr_publish_jump_qr_code(client, fields.prefix, NULL, NULL, &error), &error);
  must(jumpqr_delete_jump_qr_code(client, fields.prefix, NULL, NULL, &error), &error);

  /* A test link that the prefix does not cover: nothing is sent. */
  links[0] = "https://www.example.cn/";
  must(jumpqr_rule_from_ordinary_link(&fields, &rule, &error), &error);
  status = jumpqr_add_jump_qr_code(client, rule, JUMPQR_EDIT_ADD, NULL, &error);
  if (status == JUMPQR_STATUS_INVALID_REQUEST)
    explain(error);
  jumpqr_rule_free(rule);

  /* A rule that does not exist: it is looked up, and nothing is sent. */
  status = jumpqr_publish_jump_qr_code(client, fields.prefix, NULL, NULL, &error);
  if (status != JUMPQR_STATUS_OK) {
    printf("code %s\n", jumpqr_error_code(error).data);
    explain(error);
  }

  jumpqr_client_free(client);
  return 0;
}

/* A third-party platform. Each run is a process of its own. The processes share the token store.

     platform ticket < TICKET            stores the component_verify_ticket that WeChat pushed
     platform authorised APPID < TOKEN   stores the authorizer_refresh_token of a new authorisation
     platform list APPID                 prints the rules of a merchant */
#include <jumpqr.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(jumpqr_status status, jumpqr_error **error)
{
  if (status == JUMPQR_STATUS_OK)
    return;
  printf("%s\n  %s\n", jumpqr_error_message(*error).data, jumpqr_error_advice(*error).data);
  jumpqr_error_free(*error);
  exit(1);
}

static jumpqr_platform *open_platform(void)
{
  const char *base_url = getenv("JUMPQR_BASE_URL"); /* a sandbox; NULL means WeChat itself */
  const char *appid = getenv("JUMPQR_COMPONENT_APPID");
  const char *appsecret = getenv("JUMPQR_COMPONENT_APPSECRET");
  jumpqr_client_config *config;
  jumpqr_platform *platform;
  jumpqr_error *error;

  must(jumpqr_client_config_new(&config, &error), &error);
  must(jumpqr_client_config_set_token_store(config, getenv("JUMPQR_TOKEN_STORE"), &error), &error);
  if (base_url != NULL)
    must(jumpqr_client_config_set_base_url(config, base_url, &error), &error);
  must(jumpqr_platform_new(config, appid, appsecret, &platform, &error), &error);
  jumpqr_client_config_free(config);
  return platform;
}

/* Reads the first line of standard input. Other users of the machine can read arguments, so a
 * secret must not be one. */
static const char *secret(void)
{
  static char line[1024];
  if (fgets(line, sizeof line, stdin) == NULL)
    return "";
  line[strcspn(line, "\r\n")] = '\0';
  return line;
}

static void list(const jumpqr_platform *platform, const char *appid)
{
  jumpqr_client *client;
  jumpqr_jump_qr_code_list *rules;
  jumpqr_token_status *token;
  jumpqr_error *error;
  size_t i;

  must(jumpqr_platform_merchant(platform, appid, &client, &error), &error);
  must(jumpqr_get_jump_qr_code(client, &rules, &error), &error);
  printf("%lu rules\n", (unsigned long)jumpqr_jump_qr_code_list_rule_count(rules));
  for (i = 0; i < jumpqr_jump_qr_code_list_rule_count(rules); i++)
    printf("listed %s\n", jumpqr_listed_rule_prefix(jumpqr_jump_qr_code_list_rule(rules, i)).data);
  jumpqr_jump_qr_code_list_free(rules);

  must(jumpqr_client_token_status(client, &token, &error), &error);
  printf("token in %s: %s, for %ld s\n", jumpqr_token_status_store(token).data,
         jumpqr_token_status_state(token).data,
         (long)jumpqr_token_status_expires_in_seconds(token));
  jumpqr_token_status_free(token);
  jumpqr_client_free(client);
}

int main(int count, char **arguments)
{
  const char *command = count > 1 ? arguments[1] : "";
  const char *appid = count > 2 ? arguments[2] : NULL;
  jumpqr_platform *platform = open_platform();
  jumpqr_error *error;

  if (strcmp(command, "ticket") == 0)
    must(jumpqr_platform_set_verify_ticket(platform, secret(), &error), &error);
  else if (strcmp(command, "authorised") == 0)
    must(jumpqr_platform_set_authorizer_refresh_token(platform, appid, secret(), &error), &error);
  else if (strcmp(command, "list") == 0)
    list(platform, appid);
  else
    printf("give ticket, authorised APPID, or list APPID\n");
  jumpqr_platform_free(platform);
  return 0;
}

/* A third-party platform on libmicrohttpd. WeChat pushes to /push and /push/$APPID$. A merchant
 * begins on /link, and comes back to /done. The program stops when its standard input ends. */
#include <jumpqr.h>

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
  char query[4097];
  char body[256 * 1024]; /* no push is longer */
  size_t size;
  int has_begun;
  jumpqr_push *push;
};

/* Keeps the raw query, with which a push is checked. */
static void *begin(void *none, const char *uri, struct MHD_Connection *from)
{
  struct request *request = calloc(1, sizeof *request);
  const char *query = strchr(uri, '?');
  (void)none, (void)from;
  if (request != NULL && query != NULL)
    snprintf(request->query, sizeof request->query, "%s", query);
  return request;
}

/* Runs after the response. WeChat waits for that 5 seconds, and an exchange may take longer. */
static void end(void *none, struct MHD_Connection *from, void **state,
                enum MHD_RequestTerminationCode why)
{
  struct request *request = *state;
  jumpqr_authorized_merchant *merchant = NULL;
  jumpqr_error *error;
  (void)none, (void)from, (void)why;
  if (request != NULL && request->push != NULL) {
    if (jumpqr_push_finish(request->push, &merchant, &error) != JUMPQR_STATUS_OK) {
      fprintf(stderr, "%s\n", jumpqr_error_message(error).data);
      jumpqr_error_free(error);
    }
    jumpqr_authorized_merchant_free(merchant);
    jumpqr_push_free(request->push);
  }
  free(request);
}

/* Each of these writes the body of the response to `page`. */

static jumpqr_status push(const jumpqr_platform *platform, struct request *request, char page[8192],
                          jumpqr_error **error)
{
  jumpqr_status status = jumpqr_platform_handle(platform, request->query, request->body,
                                                request->size, &request->push, error);
  if (status == JUMPQR_STATUS_OK)
    snprintf(page, 8192, "%s", jumpqr_push_reply(request->push).data);
  return status;
}

static jumpqr_status link_page(const jumpqr_platform *platform, char page[8192],
                               jumpqr_error **error)
{
  jumpqr_authorization_link link;
  jumpqr_string *url;
  jumpqr_status status;
  jumpqr_authorization_link_init(&link, sizeof link);
  link.redirect_uri = getenv("REDIRECT_URI");
  status = jumpqr_platform_authorization_url(platform, &link, &url, error);
  if (status == JUMPQR_STATUS_OK) {
    snprintf(page, 8192, "<a href='%s'>Authorise</a>", jumpqr_string_text(url).data);
    jumpqr_string_free(url);
  }
  return status;
}

static jumpqr_status done_page(const jumpqr_platform *platform, const char *auth_code,
                               char page[8192], jumpqr_error **error)
{
  jumpqr_authorized_merchant *merchant;
  jumpqr_status status = JUMPQR_STATUS_OK;
  snprintf(page, 8192,
           "This code was used or has expired. See the list of merchants, or use a new link.");
  if (auth_code == NULL)
    return status;
  status = jumpqr_platform_exchange(platform, auth_code, &merchant, error);
  if (status == JUMPQR_STATUS_OK) {
    snprintf(page, 8192, "%s", jumpqr_authorized_merchant_authorizer_appid(merchant).data);
    jumpqr_authorized_merchant_free(merchant);
  } else if (jumpqr_error_errcode(*error) == 61009 || jumpqr_error_errcode(*error) == 61010) {
    jumpqr_error_free(*error);
    status = JUMPQR_STATUS_OK;
  } else {
    page[0] = '\0';
  }
  return status;
}

/* Whether a stranger's request is refused. A wrong setting is our own mistake. */
static int is_refused(jumpqr_status status)
{
  return status < JUMPQR_STATUS_CREDENTIALS && status != JUMPQR_STATUS_INVALID_CONFIG;
}

static enum MHD_Result serve(void *platform, struct MHD_Connection *from, const char *path,
                             const char *method, const char *version, const char *data,
                             size_t *size, void **state)
{
  struct request *request = *state;
  struct MHD_Response *response;
  enum MHD_Result queued;
  char page[8192] = "";
  jumpqr_error *error;
  jumpqr_status status;
  unsigned code = 200;
  (void)method, (void)version;

  if (request == NULL || *size > sizeof request->body - request->size)
    return MHD_NO;
  if (*size > 0) /* a part of the body */
    memcpy(request->body + request->size, data, *size);
  if (*size > 0 || !request->has_begun) {
    request->size += *size;
    request->has_begun = 1;
    *size = 0;
    return MHD_YES;
  }

  if (strcmp(path, "/push") == 0 || strncmp(path, "/push/", 6) == 0)
    status = push(platform, request, page, &error);
  else if (strcmp(path, "/link") == 0)
    status = link_page(platform, page, &error);
  else
    status = done_page(platform,
                       MHD_lookup_connection_value(from, MHD_GET_ARGUMENT_KIND, "auth_code"), page,
                       &error);
  if (status != JUMPQR_STATUS_OK) { /* the log says why, not the response */
    fprintf(stderr, "%s: %s\n", path, jumpqr_error_message(error).data);
    jumpqr_error_free(error);
    code = is_refused(status) ? 403 : 500;
  }
  response = MHD_create_response_from_buffer(strlen(page), page, MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
  queued = MHD_queue_response(from, code, response);
  MHD_destroy_response(response);
  return queued;
}

/* Ends the program if the call failed. */
static void must(jumpqr_status status, jumpqr_error **error)
{
  if (status == JUMPQR_STATUS_OK)
    return;
  printf("%s\n  %s\n", jumpqr_error_message(*error).data, jumpqr_error_advice(*error).data);
  exit(1);
}

static jumpqr_platform *open_platform(void)
{
  const char *base_url = getenv("JUMPQR_BASE_URL"); /* a sandbox; NULL means WeChat itself */
  const char *appid = getenv("JUMPQR_COMPONENT_APPID");
  const char *appsecret = getenv("JUMPQR_COMPONENT_APPSECRET");
  const char *token = getenv("JUMPQR_MESSAGE_TOKEN");
  const char *key = getenv("JUMPQR_ENCODING_AES_KEY");
  jumpqr_client_config *config;
  jumpqr_platform *platform;
  jumpqr_error *error;

  must(jumpqr_client_config_new(&config, &error), &error);
  must(jumpqr_client_config_set_token_store(config, getenv("JUMPQR_TOKEN_STORE"), &error), &error);
  must(jumpqr_client_config_set_message_token(config, token, &error), &error);
  must(jumpqr_client_config_set_encoding_aes_key(config, key, &error), &error);
  if (base_url != NULL)
    must(jumpqr_client_config_set_base_url(config, base_url, &error), &error);
  must(jumpqr_platform_new(config, appid, appsecret, &platform, &error), &error);
  jumpqr_client_config_free(config);
  return platform;
}

int main(void)
{
  const char *port = getenv("PORT");
  jumpqr_platform *platform = open_platform();
  struct sockaddr_in address = {0};
  struct MHD_Daemon *server;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port != NULL ? (uint16_t)atoi(port) : 8000);
  server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, 0,
                            NULL, NULL, serve, platform, MHD_OPTION_SOCK_ADDR, &address,
                            MHD_OPTION_URI_LOG_CALLBACK, begin, NULL, MHD_OPTION_NOTIFY_COMPLETED,
                            end, NULL, MHD_OPTION_END);
  if (server == NULL) {
    printf("the port is not free\n");
    return 1;
  }
  printf("http://127.0.0.1:%u\n", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
  fflush(stdout);
  while (getchar() != EOF) {
  }
  MHD_stop_daemon(server);
  jumpqr_platform_free(platform);
  return 0;
}

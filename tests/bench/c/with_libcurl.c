/* Posts the sample with libcurl, and makes and reads the JSON with cJSON. */
#include "driver.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct caller {
  CURL *curl;
  const struct target *target;
  char answer[4096];
  size_t length;
};

static size_t take(char *data, size_t size, size_t count, void *argument)
{
  struct caller *caller = argument;
  size_t length = size * count;

  if (caller->length + length >= sizeof caller->answer)
    return 0;
  memcpy(caller->answer + caller->length, data, length);
  caller->length += length;
  return length;
}

/* Opens a handle, which keeps its connection. */
static void *open_handle(const struct target *target)
{
  struct caller *caller = calloc(1, sizeof *caller);
  struct curl_slist *headers =
      curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");

  if (caller == NULL)
    fail("out of memory");
  caller->target = target;
  caller->curl = curl_easy_init();
  curl_easy_setopt(caller->curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(caller->curl, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(caller->curl, CURLOPT_WRITEDATA, caller);
  curl_easy_setopt(caller->curl, CURLOPT_TIMEOUT_MS, 30000L);
  curl_easy_setopt(caller->curl, CURLOPT_NOSIGNAL, 1L);
  if (target->ca != NULL)
    curl_easy_setopt(caller->curl, CURLOPT_CAINFO, target->ca);
  return caller;
}

static char *build(void)
{
  static const char *const debug_url[] = {"https://weixin.qq.com/qrcodejump?a=1",
                                          "https://weixin.qq.com/qrcodejump?a=2"};
  cJSON *rule = cJSON_CreateObject();
  char *body;

  cJSON_AddStringToObject(rule, "prefix", "https://weixin.qq.com/qrcodejump");
  cJSON_AddNumberToObject(rule, "permit_sub_rule", 1);
  cJSON_AddStringToObject(rule, "path", "pages/index/index");
  cJSON_AddNumberToObject(rule, "open_version", 1);
  cJSON_AddItemToObject(rule, "debug_url", cJSON_CreateStringArray(debug_url, 2));
  cJSON_AddNumberToObject(rule, "is_edit", 0);
  body = cJSON_PrintUnformatted(rule);
  cJSON_Delete(rule);
  return body;
}

static void post(void *argument)
{
  struct caller *caller = argument;
  char *body = build();
  char url[1024];
  cJSON *answer, *errcode;
  CURLcode code;

  snprintf(url, sizeof url, "%s/cgi-bin/wxopen/qrcodejumpadd?access_token=%s",
           caller->target->base_url, caller->target->token);
  curl_easy_setopt(caller->curl, CURLOPT_URL, url);
  curl_easy_setopt(caller->curl, CURLOPT_POSTFIELDS, body);
  caller->length = 0;
  code = curl_easy_perform(caller->curl);
  if (code != CURLE_OK)
    fail(curl_easy_strerror(code));
  answer = cJSON_ParseWithLength(caller->answer, caller->length);
  errcode = cJSON_GetObjectItem(answer, "errcode");
  if (!cJSON_IsNumber(errcode) || errcode->valueint != 0)
    fail("unexpected answer");
  cJSON_Delete(answer);
  free(body);
}

int main(int argc, char **argv)
{
  curl_global_init(CURL_GLOBAL_DEFAULT);
  return serve(argc, argv, open_handle, post);
}

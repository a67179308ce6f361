/* Sends the sample as prepared bytes, with one send and one recv: the cost of the kernel alone.
 * Only the end of the answer is checked. */
#define _GNU_SOURCE
#include "driver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char body[] =
    "{\"prefix\":\"https://weixin.qq.com/qrcodejump\",\"permit_sub_rule\":1,"
    "\"path\":\"pages/index/index\",\"open_version\":1,"
    "\"debug_url\":[\"https://weixin.qq.com/qrcodejump?a=1\","
    "\"https://weixin.qq.com/qrcodejump?a=2\"],\"is_edit\":0}";
static const char answer[] = "{\"errcode\":0,\"errmsg\":\"ok\"}";

struct caller {
  int socket;
  char request[2048];
  size_t length;
};

static void *open_socket(const struct target *target)
{
  struct caller *caller = malloc(sizeof *caller);
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *address;
  char host[128], port[8];
  const int on = 1;

  if (caller == NULL || sscanf(target->base_url, "http://%127[^:]:%7s", host, port) != 2)
    fail("the base URL must be http with a port");
  if (getaddrinfo(host, port, &hints, &address) != 0)
    fail("cannot find the host");
  caller->socket = socket(address->ai_family, SOCK_STREAM, 0);
  if (connect(caller->socket, address->ai_addr, address->ai_addrlen) != 0)
    fail("cannot reach the server");
  freeaddrinfo(address);
  setsockopt(caller->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  caller->length =
      (size_t)snprintf(caller->request, sizeof caller->request,
                       "POST /cgi-bin/wxopen/qrcodejumpadd?access_token=%s HTTP/1.1\r\n"
                       "Host: %s:%s\r\n"
                       "Content-Type: application/json; charset=utf-8\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       target->token, host, port, sizeof body - 1, body);
  return caller;
}

static void post(void *argument)
{
  struct caller *caller = argument;
  char received[4096];
  ssize_t length;

  length = send(caller->socket, caller->request, caller->length, MSG_NOSIGNAL);
  if (length != (ssize_t)caller->length)
    fail("cannot send the request");
  length = recv(caller->socket, received, sizeof received, 0);
  if (length < (ssize_t)sizeof answer)
    fail("unexpected answer");
  if (memcmp(received + length - (sizeof answer - 1), answer, sizeof answer - 1) != 0)
    fail("unexpected answer");
}

int main(int argc, char **argv)
{
  return serve(argc, argv, open_socket, post);
}

// An HTTP client for servers on loopback. It follows no redirects.
#pragma once

#include <string>

struct Response {
  int status;
  std::string location; // empty if there is none
  std::string body;
};

// Sends a request to an http URL with a port, and reads the response. A body is sent as a form.
Response send_request(const std::string &method, const std::string &url, const std::string &body = {});

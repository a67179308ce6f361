// Clients for the tests, and the results of their calls.
#pragma once

#include "invocation.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

struct TokenAnswer {
  std::string token;   // where there is one
  std::string failure; // where there is none
};

// Provides a token. It receives the rejected token, if there is one.
using TokenSource = std::function<TokenAnswer(std::optional<std::string>)>;

struct Settings {
  std::vector<std::string> base_urls;
  unsigned max_retries = 0;
  uint64_t timeout_ms = 30000;
  bool validate = true;
  std::string tls_roots = {}; // in PEM; empty for the bundled ones
  // The source of tokens: one of the three.
  TokenSource source = {};
  std::string fixed_token = {};
  std::optional<Invocation> issuing = {};
};

Client client_of(const Settings &settings);

// A result in the form of the vectors.
struct Ended {
  json answer; // null where it failed
  std::shared_ptr<jumpqr_error> error;
};

Ended run(jumpqr_client *client, const Invocation &invocation, By by = By::json_text);

// Checks that a call has the result of the vector. `secrets` must not be in the error.
void ended_as(const json &expected, const Ended &found, const std::vector<std::string> &secrets);

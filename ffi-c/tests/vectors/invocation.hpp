// A call of the vectors, through the functions of the header.
#pragma once

#include "strict.hpp"

#include <string>
#include <vector>

struct Invocation {
  std::string interface;
  json arguments;

  explicit Invocation(const json &vector);
  // Whether it is one that the package makes by itself, when a client has an appid and a secret.
  bool issues_token() const;
};

// How a rule gets across.
enum class By { json_text, fields };

// Calls, and gives the answer in the form of the vectors; throws `Failed`.
json invoke(jumpqr_client *client, const Invocation &invocation, By by = By::json_text);

// The violations and warnings of a call that is not addJumpQRCode.
Report check(const Invocation &invocation);

// An error in the form of the vectors.
json error_of(const jumpqr_error *error);

// A finding list in the form `[{field, code, message}]`.
json violations_of(const jumpqr_error *error);
json violations_of(const jumpqr_check_report *report);
json warnings_of(const jumpqr_check_report *report);

// Fails where a text of the error holds one of the secrets.
void hides(const jumpqr_error *error, const std::vector<std::string> &secrets);

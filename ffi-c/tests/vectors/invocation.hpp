// Calls of the vectors, made with the functions of the header.
#pragma once

#include "strict.hpp"

#include <string>
#include <vector>

struct Invocation {
  std::string interface;
  json arguments;

  explicit Invocation(const json &vector);
  // Whether the library makes the call by itself, if the client has an appid and a secret.
  bool issues_token() const;
  // Whether the call sends the appid and the secret of its client, and no token.
  bool sends_secret() const;
};

// How a rule is passed.
enum class By { json_text, fields };

// Makes the call, and returns the answer in the form of the vectors. Throws `Failed`.
json invoke(jumpqr_client *client, const Invocation &invocation, By by = By::json_text);

// Returns the violations and warnings of a call other than addJumpQRCode.
Report check(const Invocation &invocation);

// Returns an error in the form of the vectors.
json error_of(const jumpqr_error *error);

// Returns a list of findings in the form `[{field, code, message}]`.
json violations_of(const jumpqr_error *error);
json violations_of(const jumpqr_check_report *report);
json warnings_of(const jumpqr_check_report *report);

// Fails if a text of the error contains one of the secrets.
void hides(const jumpqr_error *error, const std::vector<std::string> &secrets);

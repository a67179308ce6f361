// JSON objects in which every key must be known, and checks that say what failed.
#pragma once

#include "../support/handle.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using nlohmann::json;

inline json text_or_null(jumpqr_text view) { return view.data ? json(text(view)) : json(nullptr); }

[[noreturn]] inline void fail(const std::string &message) { throw std::runtime_error(message); }

inline void same(const std::string &what, const json &expected, const json &found) {
  if (expected != found)
    fail(what + ": expected " + expected.dump(-1, ' ', false, json::error_handler_t::replace) + ", found " +
         found.dump(-1, ' ', false, json::error_handler_t::replace));
}

// Reads an object. `done` fails if a key was not read.
class Fields {
public:
  explicit Fields(const json &object) : object_(object) {
    if (!object.is_object()) fail("not an object: " + object.dump());
  }
  const json &required(const std::string &key) {
    known_.insert(key);
    if (!object_.contains(key)) fail("the key " + key + " is missing in " + object_.dump());
    return object_.at(key);
  }
  json optional(const std::string &key, json otherwise = nullptr) {
    known_.insert(key);
    return object_.contains(key) ? object_.at(key) : std::move(otherwise);
  }
  void done() const {
    for (const auto &entry : object_.items())
      if (!known_.count(entry.key())) fail("the key " + entry.key() + " is not known in " + object_.dump());
  }

private:
  const json &object_;
  std::set<std::string> known_;
};

// Returns the only key of an object that is a choice.
inline std::string choice(const json &object, const std::set<std::string> &keys) {
  if (!object.is_object() || object.size() != 1 || !keys.count(object.begin().key()))
    fail("not one of the choices: " + object.dump());
  return object.begin().key();
}

// Reads bytes, which the vectors have in one of three forms.
inline std::string bytes(const json &raw) {
  if (raw.is_string()) return raw.get<std::string>();
  Fields fields(raw);
  std::string out;
  if (raw.contains("base16")) {
    const auto digits = fields.required("base16").get<std::string>();
    fields.done();
    if (digits.size() % 2 || digits.find_first_not_of("0123456789abcdef") != std::string::npos)
      fail("not base16: " + digits);
    for (size_t i = 0; i < digits.size(); i += 2)
      out.push_back(static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    return out;
  }
  const auto part = fields.required("repeat").get<std::string>();
  const auto times = fields.required("times").get<size_t>();
  fields.done();
  for (size_t i = 0; i < times; i++) out += part;
  return out;
}

struct Reply {
  int status;
  std::string body;
};

inline Reply reply_of(const json &vector) {
  Fields fields(vector);
  Reply reply{fields.optional("status", 200).get<int>(), bytes(fields.required("body"))};
  fields.done();
  return reply;
}

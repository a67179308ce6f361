#include "stored.hpp"

#include <ctime>
#include <fstream>
#include <iterator>

namespace {

// Finds the file with a record. Other files have a dot in their names.
std::filesystem::path find(const std::filesystem::path &folder, const json &interface) {
  const auto begin = interface.get<std::string>() + "-";
  for (const auto &entry : std::filesystem::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.rfind(begin, 0) == 0 && name.find('.') == std::string::npos) return entry.path();
  }
  fail("the store has no token of " + interface.dump());
}

// Splits a file into its first line and the record.
std::pair<json, json> read(const std::filesystem::path &path) {
  std::ifstream stream(path, std::ios::binary);
  std::string head;
  std::getline(stream, head);
  const std::string record(std::istreambuf_iterator<char>(stream), {});
  return {json::parse(head), json::parse(record)};
}

// Returns the content of the file after another process has saved this record.
std::string content_with(const std::filesystem::path &path, const json &vector) {
  Fields fields(vector);
  const json access_token = fields.optional("access_token");
  const json refresh_token = fields.optional("refresh_token");
  const int64_t age = fields.optional("age", 0), life = fields.optional("expires_in", 7200);
  fields.done();
  json record = json::object();
  if (!access_token.is_null()) {
    const int64_t asked_at = std::time(nullptr) - age;
    record["access_token"] = {
        {"value", access_token}, {"asked_at_ms", asked_at * 1000}, {"life_ms", life * 1000}};
  }
  if (!refresh_token.is_null()) record["refresh_token"] = refresh_token;
  const auto saved = record.dump();
  auto head = read(path).first;
  head["version"] = head.at("version").get<uint64_t>() + 1;
  head["length"] = saved.size();
  return head.dump() + "\n" + saved;
}

} // namespace

void replace_stored(const std::filesystem::path &folder, const json &vector) {
  Fields fields(vector);
  const auto path = find(folder, fields.required("interface"));
  const json record = fields.optional("record"), content = fields.optional("content");
  fields.done();
  if (record.is_null() == content.is_null()) fail("a store step has either a record or a content");
  const auto written = record.is_null() ? content.get<std::string>() : content_with(path, record);
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream << written;
  stream.close();
  if (!stream) fail("cannot write " + path.string());
}

void compare_stored(const std::filesystem::path &folder, const json &expected) {
  Fields fields(expected);
  const auto record = read(find(folder, fields.required("interface"))).second;
  const auto part = [&](const char *pointer) {
    return record.value(json::json_pointer(pointer), json());
  };
  same("access_token", fields.optional("access_token"), part("/access_token/value"));
  same("refresh_token", fields.optional("refresh_token"), part("/refresh_token"));
  same("refused_errcode", fields.optional("refused_errcode"), part("/refusal/errcode"));
  fields.done();
}

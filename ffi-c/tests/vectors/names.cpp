#include "files.hpp"
#include "strict.hpp"

#include <map>

namespace {

// The parts of an entry that each table compares. If an entry is a name, there are none.
const std::map<std::string, std::vector<std::string>> parts = {
    {"errcodes", {"number", "name", "kind", "reaction", "wait_seconds", "retryable"}},
    {"own_codes", {"name", "kind", "retryable"}},
    {"findings", {"name", "warning"}},
    {"link_statuses", {"number", "name"}},
    {"kinds", {}},
    {"outcomes", {}},
    {"mismatches", {}},
    {"obstacles", {}},
    {"confirmations", {}},
};

// Returns the library's entry, in the form of the table.
json listed(const std::string &table, const json &entry) {
  if (table == "mismatches" || table == "obstacles") return entry.at("code");
  const auto &names = parts.at(table);
  if (names.empty()) return entry;
  json found = json::object();
  for (const auto &name : names) found[name] = entry.at(name);
  return found;
}

json expected_of(const std::string &table, json entry) {
  if (!entry.is_object()) return entry;
  if (table == "errcodes" && !entry.contains("wait_seconds")) entry["wait_seconds"] = 0;
  Fields fields(entry);
  for (const auto &name : parts.at(table)) (void)fields.required(name);
  fields.done();
  return entry;
}

// Checks that the accessors and the list agree.
void has_accessors(size_t index, const json &expected) {
  const auto *code = jumpqr_errcode_at(index);
  same("the accessors", expected,
       {{"number", jumpqr_errcode_number(code)},
        {"name", text(jumpqr_errcode_name(code))},
        {"kind", text(jumpqr_errcode_kind(code))},
        {"reaction", text(jumpqr_errcode_reaction(code))},
        {"wait_seconds", jumpqr_errcode_wait_seconds(code)},
        {"retryable", jumpqr_errcode_retryable(code)}});
  if (jumpqr_errcode_lookup(jumpqr_errcode_number(code)) != code) fail("the look-up finds another entry");
  if (!jumpqr_errcode_meaning(code).size || !jumpqr_errcode_advice(code).size) fail("no meaning, or no advice");
}

void unique(const json &file) {
  std::set<std::string> seen;
  for (const auto *table : {"errcodes", "own_codes"})
    for (const auto &entry : file.at(table))
      if (!seen.insert(entry.at("name").get<std::string>()).second) fail("not unique: " + entry.dump());
}

} // namespace

size_t run_names(const json &file) {
  const auto made = make<String>(jumpqr_names_json);
  const auto names = json::parse(text(jumpqr_string_text(made.get())));
  Fields tables(file);
  unique(file);
  same("the number of error codes", file.at("errcodes").size(), jumpqr_errcode_count());
  size_t count = 0;
  for (const auto &known : parts) {
    const auto &table = known.first;
    const auto &entries = tables.required(table);
    same("the number of " + table, entries.size(), names.at(table).size());
    for (size_t i = 0; i < entries.size(); i++, count++) {
      const auto expected = expected_of(table, entries[i]);
      same(table, expected, listed(table, names.at(table)[i]));
      if (table == "errcodes") has_accessors(i, expected);
    }
  }
  tables.done();
  return count;
}

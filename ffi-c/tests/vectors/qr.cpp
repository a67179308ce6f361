#include "files.hpp"
#include "invocation.hpp"
#include "strict.hpp"

namespace {

// The arguments of a code. C does not have its matrix.
struct Asked {
  std::string link, level, caption;
  bool has_level, has_caption;
  uint32_t scale;

  explicit Asked(Fields &fields)
      : link(bytes(fields.required("link"))), level(fields.optional("level", "").get<std::string>()),
        caption(fields.optional("caption", "").get<std::string>()), has_level(!level.empty()),
        has_caption(!caption.empty()), scale(fields.optional("scale", 1).get<uint32_t>()) {}

  const char *level_or_null() const { return has_level ? level.c_str() : nullptr; }
  const char *caption_or_null() const { return has_caption ? caption.c_str() : nullptr; }
};

} // namespace

void run_code(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  (void)fields.required("code");
  const Asked asked(fields);
  const auto svg = fields.required("svg").get<std::string>();
  const auto png = bytes(fields.required("png"));
  fields.done();
  const auto drawn =
      make<String>(jumpqr_qr_svg, asked.link.c_str(), asked.level_or_null(), asked.caption_or_null());
  same("svg", svg, text(jumpqr_string_text(drawn.get())));
  const auto pixels = make<Bytes>(jumpqr_qr_png, asked.link.c_str(), asked.level_or_null(), asked.scale);
  const auto *data = reinterpret_cast<const char *>(jumpqr_bytes_data(pixels.get()));
  if (png != std::string(data, jumpqr_bytes_size(pixels.get()))) fail("another PNG picture");
}

void run_refused_code(const json &vector) {
  Fields fields(vector);
  (void)fields.required("name");
  const Asked asked(fields);
  const json findings = fields.required("findings"), says = fields.optional("says", json::array());
  fields.done();
  try {
    (void)make<Bytes>(jumpqr_qr_png, asked.link.c_str(), asked.level_or_null(), asked.scale);
  } catch (const Failed &failed) {
    json found = violations_of(failed.error.get());
    for (auto &violation : found) violation.erase("message");
    same("findings", findings, found);
    const auto message = text(jumpqr_error_message(failed.error.get()));
    for (const auto &part : says)
      if (message.find(part.get<std::string>()) == std::string::npos) fail("the error does not say " + part.dump());
    return;
  }
  fail("it is not refused");
}

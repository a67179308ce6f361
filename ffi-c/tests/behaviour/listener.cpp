// The listener of calls: its data, its thread, and platforms.
#include "expect.hpp"

#include <atomic>
#include <thread>
#include <vector>

namespace {

struct Listening {
  std::atomic<int> freed{0};
  std::vector<std::string> interfaces;
  std::thread::id thread;
};

extern "C" void hear_event(void *user_data, const jumpqr_call_event *event) {
  auto &listening = *static_cast<Listening *>(user_data);
  listening.interfaces.push_back(text(jumpqr_call_event_interface(event)));
  listening.thread = std::this_thread::get_id();
}

extern "C" void count_listener_free(void *user_data) { static_cast<Listening *>(user_data)->freed++; }

} // namespace

void a_listener_is_called_on_the_thread_of_the_call() {
  Server server([](const Request &) { return answer(verification_file); });
  Listening listening;
  const auto config = config_for(server);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  call(jumpqr_client_config_set_on_call, config.get(), hear_event, &listening, nullptr);
  const auto client = make<Client>(jumpqr_client_new, config.get());
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
  holds("the thread is this one", listening.thread == std::this_thread::get_id());
  same("events", size_t(1), listening.interfaces.size());
  same("interface", std::string("downloadQRCodeText"), listening.interfaces[0]);
}

void data_of_a_listener_is_freed_once_after_its_last_user() {
  Server server([](const Request &) { return answer(verification_file); });
  Listening listening;
  auto config = config_for(server);
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_client_config_set_on_call, nullptr, hear_event, &listening,
        count_listener_free);
  fails(JUMPQR_STATUS_NULL_ARGUMENT, jumpqr_client_config_set_on_call, config.get(), nullptr, &listening,
        count_listener_free);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  call(jumpqr_client_config_set_on_call, config.get(), hear_event, &listening, count_listener_free);
  auto client = make<Client>(jumpqr_client_new, config.get());
  config.reset();
  same("freed before the last user is", 0, listening.freed.load());
  (void)make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
  client.reset();
  same("freed", 1, listening.freed.load());
}

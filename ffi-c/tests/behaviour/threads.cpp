// Eight threads share one client. They meet, so no test depends on the time.
#include "platforms.hpp"

#include <chrono>
#include <condition_variable>
#include <thread>

namespace {

constexpr int threads = 8;

// A place where all threads meet. A thread that waits too long continues, and `met` is false.
class Meeting {
public:
  void arrive() {
    std::unique_lock<std::mutex> lock(mutex_);
    arrived_++;
    all_.notify_all();
    all_.wait_for(lock, std::chrono::seconds(20), [this] { return arrived_ >= threads; });
  }
  bool met() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return arrived_ == threads;
  }

private:
  std::mutex mutex_;
  std::condition_variable all_;
  int arrived_ = 0;
};

// Does the work in each thread.
template <class Work> void in_all_threads(const Work &work) {
  std::vector<std::string> failures(threads);
  std::vector<std::thread> running;
  for (auto &failure : failures)
    running.emplace_back([&work, &failure] {
      try {
        work();
      } catch (const Failed &failed) {
        failure = text(jumpqr_error_message(failed.error.get()));
      } catch (const std::exception &error) {
        failure = error.what();
      }
    });
  for (auto &thread : running) thread.join();
  for (const auto &failure : failures) same("failure", "", failure);
}

void download(const jumpqr_client *client) {
  const auto file = make<VerificationFile>(jumpqr_download_qr_code_text, client);
  same("file_content", "b", text(jumpqr_verification_file_content(file.get())));
}

extern "C" void meet_and_answer(void *user_data, const jumpqr_token_request *, jumpqr_token_reply *reply) {
  static_cast<Meeting *>(user_data)->arrive();
  jumpqr_token_reply_set_token(reply, "T1");
}

} // namespace

void eight_threads_are_in_the_token_function_at_once() {
  Server server([](const Request &) { return answer(verification_file); });
  Meeting meeting;
  const auto config = config_for(server);
  call(jumpqr_client_config_set_token_function, config.get(), meet_and_answer, &meeting, nullptr);
  const auto client = make<Client>(jumpqr_client_new, config.get());
  in_all_threads([&] { download(client.get()); });
  holds("all threads were in the function at once", meeting.met());
}

void threads_that_wait_longer_for_their_slots_than_their_timeout_succeed() {
  Server server([](const Request &) { return answer(verification_file); });
  const auto config = config_for(server);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  call(jumpqr_client_config_set_pacing, config.get(), true);
  call(jumpqr_client_config_set_timeout_ms, config.get(), uint64_t(2000));
  const auto client = make<Client>(jumpqr_client_new, config.get());
  // Five slots in 1.1 s: the second calls of some threads wait for 2.2 s.
  in_all_threads([&] {
    download(client.get());
    download(client.get());
  });
  const auto hurried = config_for(server);
  call(jumpqr_client_config_set_access_token, hurried.get(), "T1");
  call(jumpqr_client_config_set_pacing, hurried.get(), true);
  call(jumpqr_client_config_set_queue_timeout_ms, hurried.get(), uint64_t(500));
  const auto refuses = make<Client>(jumpqr_client_new, hurried.get());
  for (int slot = 0; slot < 5; slot++) download(refuses.get());
  jumpqr_verification_file *file = nullptr;
  fails(JUMPQR_STATUS_PACED_OUT, jumpqr_download_qr_code_text, refuses.get(), &file);
}

void eight_threads_share_a_client() {
  Meeting meeting;
  Server server([&](const Request &) {
    meeting.arrive();
    return answer(verification_file);
  });
  const auto config = config_for(server);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  call(jumpqr_client_config_set_read_timeout_ms, config.get(), uint64_t(25000));
  const auto client = make<Client>(jumpqr_client_new, config.get());
  in_all_threads([&] { download(client.get()); });
  holds("all requests were on their way at once", meeting.met());
}

void eight_threads_share_a_platform() {
  WeChat wechat;
  Meeting meeting;
  const auto config = config_for(wechat.server());
  const auto platform = make<Platform>(jumpqr_platform_new, config.get(), "wxplatform00000000", "COMPONENTSECRET");
  call(jumpqr_platform_set_verify_ticket, platform.get(), "TICKET");
  const std::string merchants[] = {"wxmerchant00000001", "wxmerchant00000002", "wxmerchant00000003"};
  for (const auto &merchant : merchants) {
    const std::string refresh_token = "RT-of-" + merchant.substr(17);
    call(jumpqr_platform_set_authorizer_refresh_token, platform.get(), merchant.c_str(), refresh_token.c_str());
  }
  in_all_threads([&] {
    meeting.arrive();
    for (const auto &merchant : merchants) {
      const auto client = make<Client>(jumpqr_platform_merchant, platform.get(), merchant.c_str());
      download(client.get());
      call(jumpqr_platform_set_verify_ticket, platform.get(), "TICKET");
    }
  });
  holds("all threads began at once", meeting.met());
  same("component tokens", 1, wechat.component_tokens());
  for (const auto &merchant : merchants) same("tokens of " + merchant, 1, wechat.tokens_of(merchant));
  same("what is wrong", "", wechat.wrong());
}

// Eight threads with one client: all of them are where they must be at the same time, which no clock has to tell.
#include "expect.hpp"

#include <chrono>
#include <condition_variable>
#include <thread>

namespace {

constexpr int threads = 8;

// Where all threads meet. Whoever waits for the others too long goes on, and `met` is false.
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

void download_in_all_threads(const jumpqr_client *client) {
  std::vector<std::string> failures(threads);
  std::vector<std::thread> running;
  for (auto &failure : failures)
    running.emplace_back([client, &failure] {
      try {
        const auto file = make<VerificationFile>(jumpqr_download_qr_code_text, client);
        same("file_content", "b", text(jumpqr_verification_file_content(file.get())));
      } catch (const Failed &failed) {
        failure = text(jumpqr_error_message(failed.error.get()));
      } catch (const std::exception &error) {
        failure = error.what();
      }
    });
  for (auto &thread : running) thread.join();
  for (const auto &failure : failures) same("failure", "", failure);
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
  download_in_all_threads(client.get());
  holds("all threads were in the function at once", meeting.met());
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
  download_in_all_threads(client.get());
  holds("all requests were on their way at once", meeting.met());
}

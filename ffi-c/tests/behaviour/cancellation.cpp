// Threads that are cancelled, or receive signals, while they are in the library.
#include "expect.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace {

// Opens once.
class Gate {
public:
  void open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

// The data of a thread that makes one call, and its result.
struct Caller {
  const jumpqr_client *client = nullptr;
  jumpqr_verification_file *file = nullptr;
  bool went_on = false;
};

extern "C" void *download_once(void *data) {
  auto &caller = *static_cast<Caller *>(data);
  jumpqr_download_qr_code_text(caller.client, &caller.file, nullptr);
  pthread_testcancel();
  caller.went_on = true;
  return nullptr;
}

// Cancels a thread as soon as it is in the library. Its call must complete before it is cancelled.
void cancel_inside(const Client &client, Gate &inside, Gate &cancelled) {
  Caller caller;
  caller.client = client.get();
  pthread_t thread;
  holds("the thread starts", pthread_create(&thread, nullptr, download_once, &caller) == 0);
  inside.wait();
  holds("the thread can be cancelled", pthread_cancel(thread) == 0);
  cancelled.open();
  void *ended = nullptr;
  pthread_join(thread, &ended);
  const VerificationFile file(caller.file);
  same("file_name", "a.txt", text(jumpqr_verification_file_name(file.get())));
  holds("the thread was cancelled", ended == PTHREAD_CANCELED && !caller.went_on);
  // The client still works.
  const auto again = make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
  same("file_name", "a.txt", text(jumpqr_verification_file_name(again.get())));
}

struct Gates {
  Gate inside;
  Gate cancelled;
};

extern "C" void give_when_cancelled(void *data, const jumpqr_token_request *, jumpqr_token_reply *reply) {
  auto &gates = *static_cast<Gates *>(data);
  gates.inside.open();
  gates.cancelled.wait();
  // A cancellation point.
  usleep(1);
  jumpqr_token_reply_set_token(reply, "T1");
}

std::atomic<int> signals{0};

extern "C" void count_signal(int) { signals++; }

} // namespace

void a_thread_is_cancelled_after_its_call() {
  Gates gates;
  Server server([&](const Request &) {
    gates.inside.open();
    gates.cancelled.wait();
    return answer(verification_file);
  });
  const auto config = config_for(server);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  cancel_inside(make<Client>(jumpqr_client_new, config.get()), gates.inside, gates.cancelled);
}

void a_thread_is_cancelled_after_its_token_function() {
  Gates gates;
  Server server([&](const Request &) { return answer(verification_file); });
  const auto config = config_for(server);
  call(jumpqr_client_config_set_token_function, config.get(), give_when_cancelled, &gates, nullptr);
  cancel_inside(make<Client>(jumpqr_client_new, config.get()), gates.inside, gates.cancelled);
}

void a_call_leaves_the_cancel_state_as_it_was() {
  Server server([&](const Request &) { return answer(verification_file); });
  const auto config = config_for(server);
  call(jumpqr_client_config_set_access_token, config.get(), "T1");
  const auto client = make<Client>(jumpqr_client_new, config.get());
  for (const int state : {PTHREAD_CANCEL_DISABLE, PTHREAD_CANCEL_ENABLE}) {
    int found = -1;
    pthread_setcancelstate(state, &found);
    const auto file = make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
    (void)jumpqr_verification_file_name(file.get());
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &found);
    same("the state after a call", state, found);
  }
}

void signals_do_not_disturb_a_call() {
  for (const int flags : {0, SA_RESTART}) {
    struct sigaction before = {}, counting = {};
    counting.sa_handler = count_signal;
    counting.sa_flags = flags;
    sigaction(SIGUSR1, &counting, &before);
    signals = 0;
    const pthread_t caller = pthread_self();
    Server server([&](const Request &) {
      // Meanwhile, the call waits for this answer.
      for (int sent = 1; sent <= 50; sent++) {
        pthread_kill(caller, SIGUSR1);
        while (signals < sent) usleep(100);
      }
      return answer(verification_file);
    });
    const auto config = config_for(server);
    call(jumpqr_client_config_set_access_token, config.get(), "T1");
    const auto client = make<Client>(jumpqr_client_new, config.get());
    const auto file = make<VerificationFile>(jumpqr_download_qr_code_text, client.get());
    same("file_name", "a.txt", text(jumpqr_verification_file_name(file.get())));
    same("signals", 50, signals.load());
    sigaction(SIGUSR1, &before, nullptr);
  }
}

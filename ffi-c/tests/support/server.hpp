// An HTTP server on loopback. The test handles each request.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

struct Request {
  std::string method;
  std::string path;
  std::string query; // percent-encoded, without the question mark
  std::string body;
};

struct Reaction {
  // A raw body is the whole response, after which the connection is closed.
  enum Kind { answer, raw, close, silence } kind;
  int status = 200;
  std::string body = {};
};

class Server {
public:
  using Handler = std::function<Reaction(const Request &)>;

  // Each connection has a thread, so several threads call the handler.
  explicit Server(Handler handler);
  // Closes all connections and waits for their threads.
  ~Server();
  Server(const Server &) = delete;
  Server &operator=(const Server &) = delete;

  std::string base_url() const;

private:
  void accept_all();
  void serve(int connection);

  Handler handler_;
  int listener_;
  int port_;
  std::mutex mutex_;
  std::set<int> connections_;
  std::vector<std::thread> serving_;
  std::thread accepting_;
};

// A reserved port of loopback on which nobody listens.
class DeafPort {
public:
  DeafPort();
  ~DeafPort();
  DeafPort(const DeafPort &) = delete;
  DeafPort &operator=(const DeafPort &) = delete;
  std::string base_url() const;

private:
  int socket_;
  int port_;
};

// Returns the fields of a query, percent-decoded.
std::map<std::string, std::string> query_fields(const std::string &query);

// Returns the value of a field; empty if there is none.
std::string query_field(const std::string &query, const std::string &name);

#include "http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace {

class Connection {
public:
  explicit Connection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    if (connect(socket_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
      throw std::runtime_error("nobody listens on port " + std::to_string(port));
  }
  ~Connection() { close(socket_); }
  Connection(const Connection &) = delete;
  Connection &operator=(const Connection &) = delete;

  void write(const std::string &data) const {
    for (size_t sent = 0; sent < data.size();) {
      const ssize_t count = send(socket_, data.data() + sent, data.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("the server does not read the request");
      sent += static_cast<size_t>(count);
    }
  }
  // Appends what arrives next.
  void read(std::string &received) const {
    char chunk[16384];
    const ssize_t count = recv(socket_, chunk, sizeof chunk, 0);
    if (count <= 0) throw std::runtime_error("not a response: " + received);
    received.append(chunk, static_cast<size_t>(count));
  }

private:
  int socket_;
};

// Returns the value of a header; empty if there is none.
std::string header(const std::string &head, const std::string &name) {
  for (size_t line = head.find("\r\n"); line != std::string::npos; line = head.find("\r\n", line + 2)) {
    const size_t value = line + 2 + name.size() + 2;
    if (strncasecmp(head.c_str() + line + 2, (name + ": ").c_str(), name.size() + 2) == 0)
      return head.substr(value, head.find("\r\n", value) - value);
  }
  return {};
}

} // namespace

Response send_request(const std::string &method, const std::string &url, const std::string &body) {
  const std::string scheme = "http://";
  const size_t path = std::min(url.find('/', scheme.size()), url.size());
  const std::string host = url.substr(scheme.size(), path - scheme.size());
  const std::string target = path == url.size() ? "/" : url.substr(path);
  const Connection connection(std::stoi(host.substr(host.find(':') + 1)));
  connection.write(method + " " + target + " HTTP/1.1\r\nHost: " + host +
                   "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body);
  std::string received;
  size_t end;
  while ((end = received.find("\r\n\r\n")) == std::string::npos) connection.read(received);
  const std::string head = received.substr(0, end + 2);
  const std::string length = header(head, "content-length");
  const size_t whole = end + 4 + (length.empty() ? 0 : std::stoul(length));
  while (received.size() < whole) connection.read(received);
  return {std::stoi(head.substr(head.find(' ') + 1)), header(head, "location"), received.substr(end + 4)};
}

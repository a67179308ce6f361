#include "server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <strings.h>

namespace {

int bound_socket(int &port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto *generic = reinterpret_cast<sockaddr *>(&address);
  if (made < 0 || bind(made, generic, size) != 0 || getsockname(made, generic, &size) != 0)
    throw std::runtime_error("no port on loopback");
  port = ntohs(address.sin_port);
  return made;
}

std::string url(int port) { return "http://127.0.0.1:" + std::to_string(port); }

bool receive(int connection, std::string &buffer) {
  char chunk[16384];
  const ssize_t count = recv(connection, chunk, sizeof chunk, 0);
  if (count <= 0) return false;
  buffer.append(chunk, static_cast<size_t>(count));
  return true;
}

bool send_all(int connection, const std::string &data) {
  for (size_t sent = 0; sent < data.size();) {
    const ssize_t count = send(connection, data.data() + sent, data.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<size_t>(count);
  }
  return true;
}

size_t content_length(const std::string &head) {
  for (size_t line = head.find("\r\n"); line != std::string::npos; line = head.find("\r\n", line + 2)) {
    const char *name = "content-length:";
    if (strncasecmp(head.c_str() + line + 2, name, 15) == 0)
      return std::strtoul(head.c_str() + line + 2 + 15, nullptr, 10);
  }
  return 0;
}

// Reads the next request of a connection. Returns false at its end.
bool next_request(int connection, std::string &buffer, Request &request) {
  size_t end;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
    if (!receive(connection, buffer)) return false;
  const std::string head = buffer.substr(0, end + 2);
  const size_t size = content_length(head);
  while (buffer.size() < end + 4 + size)
    if (!receive(connection, buffer)) return false;
  const size_t space = head.find(' ');
  const std::string target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
  const size_t mark = target.find('?');
  request.method = head.substr(0, space);
  request.path = target.substr(0, mark);
  request.query = mark == std::string::npos ? "" : target.substr(mark + 1);
  request.body = buffer.substr(end + 4, size);
  buffer.erase(0, end + 4 + size);
  return true;
}

std::string decoded(const std::string &encoded) {
  std::string value;
  for (size_t i = 0; i < encoded.size(); i++) {
    if (encoded[i] == '%') {
      value.push_back(static_cast<char>(std::stoi(encoded.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      value.push_back(encoded[i]);
    }
  }
  return value;
}

} // namespace

Server::Server(Handler handler) : handler_(std::move(handler)), listener_(bound_socket(port_)) {
  if (listen(listener_, 64) != 0) throw std::runtime_error("nobody can listen");
  accepting_ = std::thread([this] { accept_all(); });
}

Server::~Server() {
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }
  for (auto &thread : serving_) thread.join();
}

std::string Server::base_url() const { return url(port_); }

void Server::accept_all() {
  for (;;) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    connections_.insert(connection);
    serving_.emplace_back([this, connection] { serve(connection); });
  }
}

void Server::serve(int connection) {
  std::string buffer;
  Request request;
  while (next_request(connection, buffer, request)) {
    const Reaction reaction = handler_(request);
    if (reaction.kind == Reaction::silence)
      while (receive(connection, buffer)) {}
    if (reaction.kind == Reaction::raw) send_all(connection, reaction.body);
    if (reaction.kind != Reaction::answer) break;
    const std::string head = "HTTP/1.1 " + std::to_string(reaction.status) +
                             " Staged\r\nContent-Type: application/json; encoding=utf-8\r\nContent-Length: " +
                             std::to_string(reaction.body.size()) + "\r\n\r\n";
    if (!send_all(connection, head + reaction.body)) break;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  connections_.erase(connection);
  close(connection);
}

DeafPort::DeafPort() : socket_(bound_socket(port_)) {}
DeafPort::~DeafPort() { close(socket_); }
std::string DeafPort::base_url() const { return url(port_); }

std::map<std::string, std::string> query_fields(const std::string &query) {
  std::map<std::string, std::string> fields;
  for (size_t start = 0; start < query.size();) {
    const size_t end = std::min(query.find('&', start), query.size());
    const std::string field = query.substr(start, end - start);
    const size_t equals = std::min(field.find('='), field.size());
    fields[decoded(field.substr(0, equals))] = decoded(field.substr(std::min(equals + 1, field.size())));
    start = end + 1;
  }
  return fields;
}

std::string query_field(const std::string &query, const std::string &name) {
  const auto fields = query_fields(query);
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

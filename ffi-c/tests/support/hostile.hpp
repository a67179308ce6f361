// The hostile server: the program `hostile` of the crate `jumpqr-tests`.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

class HostileServer;

class HostileProgram {
public:
  // Runs the program at this path.
  explicit HostileProgram(const char *path);
  // Ends the program and its servers.
  ~HostileProgram();
  HostileProgram(const HostileProgram &) = delete;
  HostileProgram &operator=(const HostileProgram &) = delete;

  // Starts a server that answers every request with this fault. Several threads may call it.
  std::unique_ptr<HostileServer> serve(const std::string &fault) const;

private:
  int process_;
  int input_;
  int port_;
};

class HostileServer {
public:
  HostileServer(int port, const std::string &fault);
  ~HostileServer();
  HostileServer(const HostileServer &) = delete;
  HostileServer &operator=(const HostileServer &) = delete;

  std::string base_url() const { return started_.at("base_url"); }
  std::string access_token() const { return started_.at("access_token"); }
  // In PEM; empty if it does not matter.
  std::string tls_roots() const { return started_.at("tls_roots").is_null() ? "" : started_.at("tls_roots"); }
  // Returns what the server has seen. Connections that are kept open get their fault.
  nlohmann::json seen() { return ask("seen"); }

private:
  nlohmann::json ask(const std::string &line);

  int control_;
  nlohmann::json started_;
};

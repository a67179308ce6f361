// The hostile server: the program `hostile` of the crate `jumpqr-tests`.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

class HostileServer;

class HostileProgram {
public:
  // Runs the program that is at this path.
  explicit HostileProgram(const char *path);
  // It ends, and so do its servers.
  ~HostileProgram();
  HostileProgram(const HostileProgram &) = delete;
  HostileProgram &operator=(const HostileProgram &) = delete;

  // A server that meets every request with this fault. May be called by several threads.
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
  // In PEM; empty where that is of no concern.
  std::string tls_roots() const { return started_.at("tls_roots").is_null() ? "" : started_.at("tls_roots"); }
  // What it has seen; connections that are kept meet their fault.
  nlohmann::json seen() { return ask("seen"); }

private:
  nlohmann::json ask(const std::string &line);

  int control_;
  nlohmann::json started_;
};

#include "hostile.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>

extern char **environ;

namespace {

// Reads to the end of the line or of the stream.
std::string line_of(int descriptor) {
  std::string line;
  char letter;
  while (read(descriptor, &letter, 1) == 1 && letter != '\n') line.push_back(letter);
  return line;
}

} // namespace

HostileProgram::HostileProgram(const char *path) {
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  std::string name = path;
  char *arguments[] = {name.data(), nullptr};
  const int failed = posix_spawn(&process_, path, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(input[0]);
  close(output[1]);
  input_ = input[1];
  const std::string address = failed ? "" : line_of(output[0]);
  close(output[0]);
  if (address.find(':') == std::string::npos) throw std::runtime_error(name + " does not run");
  port_ = std::stoi(address.substr(address.find(':') + 1));
}

HostileProgram::~HostileProgram() {
  // The program ends when its standard input ends.
  close(input_);
  waitpid(process_, nullptr, 0);
}

std::unique_ptr<HostileServer> HostileProgram::serve(const std::string &fault) const {
  return std::make_unique<HostileServer>(port_, fault);
}

HostileServer::HostileServer(int port, const std::string &fault)
    : control_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (connect(control_, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
    throw std::runtime_error("the hostile server has ended");
  started_ = ask(fault);
}

HostileServer::~HostileServer() { close(control_); }

nlohmann::json HostileServer::ask(const std::string &line) {
  const std::string asked = line + "\n";
  if (send(control_, asked.data(), asked.size(), MSG_NOSIGNAL) < 0)
    throw std::runtime_error("the hostile server has ended");
  const std::string answer = line_of(control_);
  if (answer.empty() || answer[0] != '{') throw std::runtime_error(answer);
  return nlohmann::json::parse(answer);
}

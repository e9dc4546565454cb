#pragma once

#include <string>
#include <string_view>

namespace kie::kafka {

/// The command that grants an operation. `resource` as kafka-acls takes it: "--topic NAME",
/// "--cluster". User:NAME and HOST:PORT are placeholders for the reader to replace.
inline std::string acl_command(std::string_view resource, std::string_view operation,
                               std::string_view principal = "User:NAME",
                               std::string_view server = "HOST:PORT") {
  std::string command = "kafka-acls --bootstrap-server ";
  command.append(server).append(" --add --allow-principal ").append(principal);
  return command.append(" --operation ").append(operation).append(" ").append(resource);
}

}  // namespace kie::kafka

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kie::kafka {

/// The command that grants an operation on these topics, or on the cluster where none is named;
/// "*" names all. Each word is quoted: the command is copied into a shell, and topic names come
/// from brokers. The reader replaces User:NAME and HOST:PORT.
std::string acl_command(const std::vector<std::string>& topics, std::string_view operation,
                        std::string_view principal = "User:NAME",
                        std::string_view server = "HOST:PORT");

}  // namespace kie::kafka

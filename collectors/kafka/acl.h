#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kie::kafka {

/// The command that grants an operation on these topics, or on the cluster where none is named;
/// "*" names all. It is copied into a shell, and brokers make up what topics are called: so each
/// word is quoted. User:NAME and HOST:PORT stand for whoever reads it, who knows them.
std::string acl_command(const std::vector<std::string>& topics, std::string_view operation,
                        std::string_view principal = "User:NAME",
                        std::string_view server = "HOST:PORT");

}  // namespace kie::kafka

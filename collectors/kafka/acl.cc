#include "collectors/kafka/acl.h"

#include "collectors/model/shell_quote.h"

namespace kie::kafka {

std::string acl_command(const std::vector<std::string>& topics, std::string_view operation,
                        std::string_view principal, std::string_view server) {
  using model::shell_quote;
  auto command = "kafka-acls --bootstrap-server " + shell_quote(server) +
                 " --add --allow-principal " + shell_quote(principal) + " --operation " +
                 std::string{operation};
  for (const auto& topic : topics) command += " --topic " + shell_quote(topic);
  return topics.empty() ? command + " --cluster" : command;
}

}  // namespace kie::kafka

#pragma once

#include "config/config.h"

#include <initializer_list>
#include <string>
#include <string_view>

/// The process's log: lines of logfmt or JSON on standard error.
/// Thread: any.
namespace kie {

/// A field without a value is left out.
struct LogField {
  std::string_view key;
  std::string value;
};

/// Takes effect with the next line.
void set_log(const config::LogConfig& log);

void log(config::LogLevel level, std::string_view message,
         std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(config::LogLevel::kDebug, message, fields);
}
inline void log_info(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(config::LogLevel::kInfo, message, fields);
}
inline void log_warn(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(config::LogLevel::kWarn, message, fields);
}
inline void log_error(std::string_view message, std::initializer_list<LogField> fields = {}) {
  log(config::LogLevel::kError, message, fields);
}

/// A value in logfmt, quoted if necessary.
std::string logfmt_value(std::string_view value);

}  // namespace kie

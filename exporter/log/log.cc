#include "exporter/log/log.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>

namespace kie {
namespace {

using config::LogLevel;

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "info";
}

using LoggerPtr = std::shared_ptr<spdlog::logger>;

LoggerPtr make_logger(const char* pattern) {
  auto made =
      std::make_shared<spdlog::logger>("kie", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  made->set_pattern(pattern, spdlog::pattern_time_type::utc);
  made->set_level(spdlog::level::info);
  made->flush_on(spdlog::level::debug);
  return made;
}

/// A logger for each format, so that no line is written with the other format's pattern.
struct Loggers {
  LoggerPtr logfmt = make_logger("ts=%Y-%m-%dT%H:%M:%S.%eZ %v");
  LoggerPtr json = make_logger(R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ",%v)");
  std::atomic<bool> is_json = false;
};

Loggers& loggers() {
  static Loggers instance;
  return instance;
}

std::string logfmt_line(LogLevel level, std::string_view message,
                        std::initializer_list<LogField> fields) {
  std::string line = fmt::format("level={} msg={}", name_of(level), logfmt_value(message));
  for (const auto& field : fields)
    if (!field.value.empty())
      fmt::format_to(std::back_inserter(line), " {}={}", field.key, logfmt_value(field.value));
  return line;
}

/// Without the opening brace, which is in the pattern.
std::string json_line(LogLevel level, std::string_view message,
                      std::initializer_list<LogField> fields) {
  nlohmann::ordered_json line{{"level", name_of(level)}, {"msg", message}};
  for (const auto& field : fields)
    if (!field.value.empty()) line[std::string(field.key)] = field.value;
  // Texts from brokers and clients may not be UTF-8.
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).substr(1);
}

}  // namespace

void set_log(const config::LogConfig& log) {
  auto& all = loggers();
  for (const auto& logger : {all.logfmt, all.json}) logger->set_level(to_spdlog(log.level));
  all.is_json = log.format == config::LogFormat::kJson;
}

std::string logfmt_value(std::string_view value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '=' && c != '\\' && c != '\x7f';
  });
  if (plain) return std::string(value);
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  auto& all = loggers();
  const bool is_json = all.is_json;
  auto& logger = is_json ? *all.json : *all.logfmt;
  const auto at = to_spdlog(level);
  if (!logger.should_log(at)) return;
  logger.log(at, "{}",
             is_json ? json_line(level, message, fields) : logfmt_line(level, message, fields));
}

}  // namespace kie

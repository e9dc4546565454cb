#include "collectors/kafka/codec/wire.h"

namespace kie::kafka::codec {

void WireReader::fail(Fault fault) {
  if (!ok()) return;
  fault_ = fault;
  fault_at_ = static_cast<std::size_t>(at_ - begin_);
  at_ = end_;
}

std::optional<std::string> WireReader::problem() const {
  const char* what = nullptr;
  switch (fault_) {
    case Fault::kNone:
      if (at_ == end_) return std::nullopt;
      return std::to_string(left()) + (left() == 1 ? " byte is" : " bytes are") + " left over";
    case Fault::kEnd:
      what = "ends in the middle of a field";
      break;
    case Fault::kCount:
      what = "counts more than can be in it";
      break;
    case Fault::kNull:
      what = "has null where there must be a value";
      break;
    case Fault::kVarint:
      what = "has a length of more than 32 bits";
      break;
  }
  return std::string{what} + " (at byte " + std::to_string(fault_at_) + " of " +
         std::to_string(end_ - begin_) + ")";
}

}  // namespace kie::kafka::codec

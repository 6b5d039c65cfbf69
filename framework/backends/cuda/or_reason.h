#pragma once

#include <optional>
#include <string>
#include <utility>

namespace cornu::cuda {

/// A value, or why there is none, in words for a person: what this machine lacks is no error before somebody asks for
/// it.
template <typename T> class OrReason {
 public:
  OrReason(T value) : value_(std::move(value)) {}
  static OrReason missing(std::string reason) { return OrReason(std::nullopt, std::move(reason)); }

  explicit operator bool() const { return value_.has_value(); }
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return &*value_; }

  /// Empty where there is a value.
  const std::string& reason() const { return reason_; }

 private:
  OrReason(std::nullopt_t, std::string reason) : reason_(std::move(reason)) {}

  std::optional<T> value_;
  std::string reason_;
};

}  // namespace cornu::cuda

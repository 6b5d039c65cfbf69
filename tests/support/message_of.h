#pragma once

#include <string>

namespace cornu::test {

/// Text of the exception of class E that `f` throws.
template <typename E, typename F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace cornu::test

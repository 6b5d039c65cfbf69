#pragma once

#include <functional>
#include <string>

namespace cornu::test {

/// What a function writes to stderr.
std::string stderr_of(const std::function<void()>& function);

}  // namespace cornu::test

#pragma once

#include <cstdio>
#include <exception>
#include <string>

/// What the programs of this folder claim: each statement is printed with whether it holds, and the exit status is 1 if
/// one did not.
class Claims {
 public:
  void operator()(const std::string& statement, bool holds) {
    std::printf("%s %s\n", holds ? "[holds]" : "[FAILS]", statement.c_str());
    failed_ = failed_ || !holds;
  }
  int exit_status() const { return failed_ ? 1 : 0; }

 private:
  bool failed_ = false;
};

/// Runs a program, which gets its claims; what it does not catch goes to stderr.
template <typename Program> int run_with_claims(const char* name, Program&& program) {
  try {
    Claims claim;
    program(claim);
    return claim.exit_status();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

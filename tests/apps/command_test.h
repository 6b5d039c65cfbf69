#pragma once

#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "tests/io/scratch_folder.h"

namespace cornu::testing {

/// What a run of the `cornu` command gave.
struct CommandResult {
  int exit_code;
  std::string output;
  std::string errors;
};

/// Runs `cornu ARGUMENTS` as a program of its own.
inline CommandResult run_cornu(const std::string& arguments) {
  const ScratchFolder folder;
  const char* apps = std::getenv("CORNU_APPS_DIR");
  const std::string program = std::string(apps ? apps : "build/apps") + "/cornu";
  const std::string command =
      program + " " + arguments + " >" + folder / "output" + " 2>" + folder / "errors" + " </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, contents_of(folder / "output"), contents_of(folder / "errors")};
}

inline std::string golden_case(const std::string& name) { return "tests/golden/cases/" + name; }

}  // namespace cornu::testing

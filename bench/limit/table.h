#pragma once

#include <string>

#include <cornu/cornu.h>

namespace bench {

/// Prints where the time of a program goes. `call_ms` is what a call of the model takes, which runs the program.
void print_table(const std::string& title, const cornu::ProgramProfile& profile, double call_ms, bool every_step);

}  // namespace bench

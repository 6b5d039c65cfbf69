#pragma once

#include <string>

#include <cornu/cornu.h>

namespace bench {

/// Where the time of a program goes, on a machine whose memory moves so many bytes in a second.
struct Account {
  cornu::ProgramProfile profile;
  double bytes_per_second = 0;
  double call_ms = 0;  ///< of a call of the model, which runs the program
};

/// Prints it: the steps in groups, and the whole beside its limit.
void print_table(const std::string& title, const Account& account, bool every_step);
/// The whole as one line of JSON.
std::string summary(const std::string& title, const Account& account);

}  // namespace bench

#include "tests/support/stderr_of.h"

#include <unistd.h>

#include <cstdio>

namespace cornu::test {

std::string stderr_of(const std::function<void()>& function) {
  std::FILE* file = std::tmpfile();
  const int saved = dup(STDERR_FILENO);
  std::fflush(stderr);
  dup2(fileno(file), STDERR_FILENO);
  function();
  std::fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  std::string text;
  std::rewind(file);
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

}  // namespace cornu::test

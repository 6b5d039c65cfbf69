#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include "io/json.h"

namespace cornu::test {

/// A file of `tests/golden/training`.
inline Config golden(const std::string& name) {
  const std::string path = "tests/golden/training/" + name;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return io::parse_json(text.str(), path);
}

}  // namespace cornu::test

// cornu-v1-trace FILE.json [ID...]: runs recorded programs in TensorFlow 1's style, statement by statement, on the
// public cornu::v1, and compares with TensorFlow's answers.

#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/v1_trace/interpreter.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: cornu-v1-trace FILE.json [ID...]\n";
    return 2;
  }
  trace::Json file;
  try {
    std::ifstream stream(argv[1]);
    if (!stream) throw std::runtime_error("it cannot be opened");
    stream >> file;
    if (file.at("format") != "cornu-v1-trace 1") throw std::runtime_error("its format is not \"cornu-v1-trace 1\"");
  } catch (const std::exception& error) {
    std::cerr << "cornu-v1-trace: file '" << argv[1] << "': " << error.what() << "\n";
    return 2;
  }
  const std::vector<std::string> wanted(argv + 2, argv + argc);
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() / ("cornu-v1-trace-" + std::to_string(getpid()));
  int count = 0;
  int failed = 0;
  for (const trace::Json& item : file.at("traces")) {
    const std::string id = item.at("id");
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), id) == wanted.end()) continue;
    ++count;
    std::filesystem::create_directories(root);
    try {
      trace::run_trace(item, root.string());
    } catch (const trace::UnknownStatement& error) {
      std::cerr << "cornu-v1-trace: " << id << ": " << error.what() << "\n";
      std::filesystem::remove_all(root);
      return 2;
    } catch (const std::exception& error) {
      ++failed;
      std::cout << "FAIL " << id << ": " << error.what() << "\n";
    }
    std::filesystem::remove_all(root);
  }
  std::cout << count << " traces, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

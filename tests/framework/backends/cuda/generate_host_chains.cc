// Writes the kernels of chain_cases.h into one C++ file for the host's compiler: generate_host_chains OUT.cc. A file
// that has them already stays as it is, so that it is not compiled again.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include "framework/backends/cuda/chain_functions_text.h"
#include "framework/backends/cuda/chain_source.h"
#include "tests/framework/backends/cuda/chain_cases.h"

using namespace cornu;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: generate_host_chains OUT.cc\n");
    return 2;
  }
  std::vector<test::ChainCase> cases = test::operation_cases();
  for (test::ChainCase& chain : test::chain_cases()) cases.push_back(std::move(chain));

  std::ostringstream text;
  text << "#include \"tests/framework/backends/cuda/host_chains.h\"\n\n" << cuda::kChainFunctions;
  std::string table;
  for (const test::ChainCase& chain : cases) {
    const auto source = cuda::chain_source(chain.program, chain.inputs, chain.outputs, chain.name);
    if (!source) {
      std::fprintf(stderr, "generate_host_chains: no kernel for %s\n", chain.name.c_str());
      return 1;
    }
    // The functions that every text begins with are there already.
    text << source->text.substr(std::strlen(cuda::kChainFunctions));
    std::string arguments;
    for (std::size_t i = 0; i < chain.inputs.size() + chain.outputs.size(); ++i) {
      arguments += (i > 0 ? ", arguments[" : "arguments[") + std::to_string(i) + "]";
    }
    table += "    {\"" + chain.name + "\", [](void* const* arguments) { " + chain.name + "(" + arguments + "); }},\n";
  }
  text << "\nnamespace cornu::test {\n\nstd::span<const HostChain> host_chains() {\n"
       << "  static constexpr HostChain kChains[] = {\n"
       << table << "  };\n  return kChains;\n}\n\n}  // namespace cornu::test\n";
  std::ostringstream before;
  before << std::ifstream(argv[1]).rdbuf();
  if (before.str() == text.str()) return 0;
  std::ofstream file(argv[1]);
  file << text.str();
  file.close();
  return file ? 0 : 1;
}

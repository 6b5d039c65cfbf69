#include "framework/backends/cuda/shared_library.h"

#include <dlfcn.h>

#include <cstdlib>

namespace cornu::cuda {
namespace {

std::vector<std::string> toolkit_folders() {
  std::vector<std::string> folders;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"}) {
    if (const char* root = std::getenv(variable); root && *root) folders.push_back(std::string(root) + "/lib64/");
  }
  folders.emplace_back("/usr/local/cuda/lib64/");
  return folders;
}

// Lazily: of libraries as large as these only few functions are called.
void* open_file(const std::string& path) { return ::dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL); }

void* open_anywhere(const std::string& soname) {
  void* handle = open_file(soname);
  for (const std::string& folder : toolkit_folders()) {
    if (!handle) handle = open_file(folder + soname);
  }
  return handle;
}

}  // namespace

OrReason<SharedLibrary> SharedLibrary::open(const std::vector<std::string>& sonames, const std::string& absence) {
  std::string tried;
  for (const std::string& soname : sonames) {
    if (void* handle = open_anywhere(soname)) return SharedLibrary({handle, ::dlclose}, soname);
    tried += (tried.empty() ? "" : " or ") + soname;
  }
  return OrReason<SharedLibrary>::missing(tried + " was not found: " + absence);
}

std::string SharedLibrary::lacks(const std::string& symbol) const {
  return name_ + " has no " + symbol + ": it is older than what cornu was built for";
}

void* SharedLibrary::address_of(const char* symbol) const { return ::dlsym(handle_.get(), symbol); }

}  // namespace cornu::cuda

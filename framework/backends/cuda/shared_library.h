#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/backends/cuda/or_reason.h"

namespace cornu::cuda {

/// A library that is opened while the program runs, and closed with the last of its holders: one build of cornu serves
/// machines with and without a card.
class SharedLibrary {
 public:
  /// Opens the first that there is of `sonames`, each first where the system looks, then among the libraries of the
  /// toolkit: in $CUDA_HOME, in $CUDA_PATH, in /usr/local/cuda. `absence` says what it means that there is none.
  static OrReason<SharedLibrary> open(const std::vector<std::string>& sonames, const std::string& absence);

  /// The soname it was opened by.
  const std::string& name() const { return name_; }

  /// Sets `function` to the function of that name. Returns false where the library has none.
  template <typename Function> bool find(Function*& function, const char* symbol) const {
    function = reinterpret_cast<Function*>(address_of(symbol));
    return function != nullptr;
  }

  /// That a library lacks a function it should have.
  std::string lacks(const std::string& symbol) const;

 private:
  SharedLibrary(std::shared_ptr<void> handle, std::string name) : handle_(std::move(handle)), name_(std::move(name)) {}
  void* address_of(const char* symbol) const;

  std::shared_ptr<void> handle_;
  std::string name_;
};

// The name under which a library has a function: CUDA's headers put macros such as cuDeviceTotalMem_v2 in its place.
#define CORNU_CUDA_SYMBOL(function) CORNU_CUDA_STRING(function)
#define CORNU_CUDA_STRING(name) #name

}  // namespace cornu::cuda

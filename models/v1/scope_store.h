#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/dtype.h"
#include "framework/tensor.h"

namespace cornu {
class Layer;
}

namespace cornu::v1 {

struct VariableRecord;
struct ScopeSettings;

/// Variable scopes of one graph: which is open, how often each was opened, and which layer stands behind each.
class ScopeStore {
 public:
  ScopeStore();

  /// The scope in force; its settings may be changed through it.
  const std::shared_ptr<ScopeSettings>& current() const { return current_; }
  void set_current(std::shared_ptr<ScopeSettings> scope) { current_ = std::move(scope); }

  /// `name` made unique among the scopes opened so far under the current one.
  std::string unique_name(const std::string& name) const;
  void opened(const std::string& full_name) { ++counts_[full_name]; }
  /// Forgets how often the scopes below this one were opened.
  void forget_below(const std::string& full_name);

  using Counts = std::map<std::string, int>;
  const Counts& counts() const { return counts_; }
  void restore(Counts counts) { counts_ = std::move(counts); }

  /// Variables that get_variable made, by full name.
  std::map<std::string, std::shared_ptr<VariableRecord>> variables;
  /// The layers behind scopes, by full name.
  std::map<std::string, std::shared_ptr<Layer>> layers;

 private:
  std::shared_ptr<ScopeSettings> current_;
  Counts counts_;
};

}  // namespace cornu::v1

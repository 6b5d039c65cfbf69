#include "models/v1/scope_store.h"

#include <utility>

#include "models/v1/variable_scope.h"

namespace cornu::v1 {

ScopeStore::ScopeStore() : current_(std::make_shared<ScopeSettings>()) {}

std::string ScopeStore::unique_name(const std::string& name) const {
  const std::string prefix = current_->name.empty() ? name : current_->name + "/" + name;
  const auto seen = [&](const std::string& full_name) {
    const auto it = counts_.find(full_name);
    return it != counts_.end() && it->second > 0;
  };
  if (!seen(prefix)) return name;
  int suffix = 1;
  while (seen(prefix + "_" + std::to_string(suffix))) ++suffix;
  return name + "_" + std::to_string(suffix);
}

void ScopeStore::forget_below(const std::string& full_name) {
  // At the root nothing is forgotten: unnamed layers there never share.
  const std::string prefix = full_name + "/";
  for (auto& [name, count] : counts_) {
    if (name.starts_with(prefix)) count = 0;
  }
}

}  // namespace cornu::v1

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cornu {

/// Figures of a batch or an epoch by name, in the order in which they are shown; a figure may be a vector.
class Logs {
 public:
  using Item = std::pair<std::string, std::vector<double>>;

  void set(const std::string& name, double value) { set(name, std::vector<double>{value}); }
  void set(const std::string& name, std::vector<double> values);
  /// The figure, or null where there is none.
  const std::vector<double>* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// The figure as one number, of a vector the mean. **Throws** InvalidArgument naming what there is.
  double at(std::string_view name) const;

  const std::vector<Item>& items() const { return items_; }
  std::vector<Item>& items() { return items_; }
  bool empty() const { return items_.empty(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<Item> items_;
};

}  // namespace cornu

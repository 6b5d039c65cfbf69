#include "models/training/logs.h"

#include <algorithm>
#include <numeric>

#include "framework/error.h"

namespace cornu {

void Logs::set(const std::string& name, std::vector<double> values) {
  const auto it = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.first == name; });
  if (it != items_.end()) {
    it->second = std::move(values);
  } else {
    items_.emplace_back(name, std::move(values));
  }
}

const std::vector<double>* Logs::find(std::string_view name) const {
  const auto it = std::find_if(items_.begin(), items_.end(), [&](const Item& item) { return item.first == name; });
  return it == items_.end() ? nullptr : &it->second;
}

double Logs::at(std::string_view name) const {
  if (const std::vector<double>* values = find(name)) {
    return std::accumulate(values->begin(), values->end(), 0.0) / static_cast<double>(values->size());
  }
  std::string known;
  for (const Item& item : items_) known += (known.empty() ? "" : ", ") + item.first;
  throw InvalidArgument("Logs: no figure named \"" + std::string(name) + "\"; there are: " + known);
}

}  // namespace cornu

#include <algorithm>

#include "framework/error.h"
#include "models/training/callbacks/callback.h"

namespace cornu {

const std::vector<double>& History::operator[](const std::string& name) const {
  const auto it = history.find(name);
  if (it != history.end()) return it->second;
  std::string known;
  for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
  throw InvalidArgument("History: no figure named \"" + name + "\"; there are: " + known);
}

void History::add(std::int64_t at_epoch, const Logs& logs) {
  epoch.push_back(at_epoch);
  for (const auto& [name, values] : logs) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    history[name].push_back(logs.at(name));
    if (values.size() > 1) vectors[name].push_back(values);
  }
}

}  // namespace cornu

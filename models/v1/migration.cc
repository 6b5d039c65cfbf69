#include "models/v1/migration.h"

#include <algorithm>
#include <array>
#include <map>

#include "layers/layer.h"
#include "models/v1/graph_body.h"

namespace cornu::v1 {
namespace {

using Row = std::array<std::string, 5>;

// For each tensor the operations that take it.
std::map<cornu::Tensor::Key, std::vector<const OperationRecord*>> users_of(const GraphBody& body) {
  std::map<cornu::Tensor::Key, std::vector<const OperationRecord*>> users;
  for (const auto& record : body.records()) {
    for (const cornu::Tensor& input : record->node->inputs()) users[input.key()].push_back(record.get());
  }
  return users;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

}  // namespace

std::vector<MigrationEntry> migration_entries(const Graph& graph) {
  const GraphBody& body = *graph.body();
  const auto users = users_of(body);
  std::vector<MigrationEntry> entries;
  for (const auto& variable : body.variables) {
    const std::size_t slash = variable->name.rfind('/');
    const LayerPtr layer = variable->layer.lock();
    MigrationEntry entry{.scope = slash == std::string::npos ? "" : variable->name.substr(0, slash),
                         .layer_class = layer ? layer->class_name() : "",
                         .variable = variable->name + ":0",
                         .keras_path = (layer ? layer->name() + "/" : "") + variable->variable.name(),
                         .uses = {}};
    for (const cornu::Tensor& read : {variable->handle, variable->read}) {
      const auto found = users.find(read.key());
      if (found == users.end()) continue;
      for (const OperationRecord* user : found->second) {
        // What initialises and reads the variable is part of it, not a use.
        if (user->variable == variable || user->name.starts_with(variable->name + "/")) continue;
        if (std::find(entry.uses.begin(), entry.uses.end(), user->name) == entry.uses.end())
          entry.uses.push_back(user->name);
      }
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string migration_report(const Graph& graph) {
  std::vector<Row> rows{{"Scope", "Layer", "Variable", "Keras path", "Used by"}};
  for (const MigrationEntry& entry : migration_entries(graph)) {
    rows.push_back({entry.scope.empty() ? "(root)" : entry.scope, entry.layer_class, entry.variable, entry.keras_path,
                    joined(entry.uses)});
  }
  return table(rows);
}

std::string migration_report() { return migration_report(get_default_graph()); }

}  // namespace cornu::v1

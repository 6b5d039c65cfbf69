#include "models/saving.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "framework/error.h"
#include "framework/snake_case.h"
#include "io/keras_archive.h"
#include "io/weights_file.h"
#include "models/deserialization.h"
#include "models/load_difference.h"

namespace cornu {
namespace {

// A place in a file for the arrays of one object.
struct Slot {
  std::string path;
  std::string name;
  Variables variables;
  Layer* layer = nullptr;  ///< null for the optimizer
};

std::string joined(const std::string& path, const std::string& part) { return path.empty() ? part : path + "/" + part; }

// Keras visits attributes in alphabetical order, those with a leading underscore last, the layers of a model first.
std::vector<LayerAttribute> in_file_order(const Layer& layer) {
  std::vector<LayerAttribute> attributes = layer.attributes();
  const auto rank = [](const LayerAttribute& attribute) {
    if (attribute.is_container && attribute.name == "layers") return 0;
    return attribute.name.starts_with("_") ? 2 : 1;
  };
  std::stable_sort(attributes.begin(), attributes.end(), [&](const LayerAttribute& a, const LayerAttribute& b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : a.name < b.name;
  });
  return attributes;
}

void collect(Layer& layer, const std::string& path, std::set<const Layer*>& seen, std::vector<Slot>& slots) {
  if (!seen.insert(&layer).second) return;
  slots.push_back({path, layer.name(), layer.stored_variables(), &layer});
  for (const LayerAttribute& attribute : in_file_order(layer)) {
    if (!attribute.is_container) {
      collect(*attribute.layers[0], joined(path, attribute.name), seen, slots);
      continue;
    }
    std::map<std::string, int> used;
    for (const LayerPtr& item : attribute.layers) {
      const std::string base = snake_case(item->class_name());
      const int number = used[base]++;
      const std::string unique = number == 0 ? base : base + "_" + std::to_string(number);
      collect(*item, joined(path, attribute.name + "/" + unique), seen, slots);
    }
  }
}

std::vector<Slot> slots_of(const ModelLayer& model) {
  std::vector<Slot> slots;
  std::set<const Layer*> seen;
  // The tree hands out variables to be written when it is loaded; collecting changes nothing.
  collect(const_cast<ModelLayer&>(model), "", seen, slots);
  if (model.compiled())
    slots.push_back(
        {"optimizer", snake_case(model.optimizer()->class_name()), model.optimizer()->variables(), nullptr});
  return slots;
}

std::string array_path(const std::string& path, std::size_t i) { return joined(path, "vars/" + std::to_string(i)); }

bool matches(const std::string& path, const std::vector<std::string>& patterns) {
  const auto match = [](auto&& self, std::string_view text, std::string_view pattern) -> bool {
    if (pattern.empty()) return text.empty();
    if (pattern.front() != '*')
      return !text.empty() && text.front() == pattern.front() && self(self, text.substr(1), pattern.substr(1));
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (self(self, text.substr(i), pattern.substr(1))) return true;
    }
    return false;
  };
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return match(match, path, pattern); });
}

// The optimizer's arrays may be there or not: a model that was compiled but never trained has no slots.
bool is_optimizer(const std::string& path) { return path == "optimizer" || path.starts_with("optimizer/"); }

void require_weights(const ModelLayer& model, const char* verb) {
  if (model.built()) return;
  throw StateError(
      "Model '" + model.name() + "': it has no weights to " + verb +
          " yet, because the shapes of its inputs are not known. Call it once on data, or build_for({shape}), or give "
          "Sequential an input_shape.",
      model.name());
}

void warn_of_skipped_optimizer(const std::string& where, const Optimizer::Body& optimizer, const std::string& why) {
  std::fprintf(stderr,
               "'%s': the state of the optimizer was not loaded, and %s starts afresh: %s. Compile the model with the "
               "optimizer the file was written with.\n",
               where.c_str(), optimizer.class_name().c_str(), why.c_str());
}

void load_optimizer_state(ModelLayer& model, const StateTree& state, const std::string& where, LoadReport& report) {
  if (!model.compiled()) return;
  const auto group =
      std::find_if(state.groups.begin(), state.groups.end(), [](const auto& g) { return g.path == "optimizer"; });
  if (group == state.groups.end() || group->arrays.empty()) return;
  Optimizer& optimizer = model.optimizer();
  // Slots are in the file only when it was written after a training step.
  if (!optimizer->built() && group->arrays.size() > optimizer->variables().size())
    optimizer->build(model.all_weights(true));
  const Variables& variables = optimizer->variables();
  // As in Keras another number of arrays means another optimizer: this one starts afresh, and says so.
  if (variables.size() != group->arrays.size()) {
    warn_of_skipped_optimizer(where, *optimizer,
                              "expected " + std::to_string(variables.size()) + " arrays for it; the file has " +
                                  std::to_string(group->arrays.size()));
    return;
  }
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].shape() == group->arrays[i].shape()) continue;
    warn_of_skipped_optimizer(where, *optimizer,
                              "expected shape " + variables[i].shape().to_string() + " for " +
                                  array_path("optimizer", i) + " ('" + variables[i].path() + "'); the file has " +
                                  group->arrays[i].shape().to_string());
    return;
  }
  for (std::size_t i = 0; i < variables.size(); ++i) {
    variables[i].assign(group->arrays[i]);
    report.loaded.push_back(array_path("optimizer", i));
  }
}

}  // namespace

StateTree state_of(const ModelLayer& model) {
  StateTree tree;
  for (const Slot& slot : slots_of(model)) {
    StateTree::Group group{slot.path, slot.name, {}};
    for (const Variable& variable : slot.variables) {
      group.arrays.push_back(slot.layer ? slot.layer->stored_value(variable) : variable.snapshot());
    }
    tree.groups.push_back(std::move(group));
  }
  return tree;
}

LoadReport load_state(ModelLayer& model, const StateTree& state, const std::string& where, const LoadOptions& options) {
  std::map<std::string, Tensor> in_file;
  for (const StateTree::Group& group : state.groups) {
    for (std::size_t i = 0; i < group.arrays.size(); ++i) in_file[array_path(group.path, i)] = group.arrays[i];
  }
  LoadReport report;
  std::vector<LoadEntry> entries;
  std::vector<std::pair<Variable, Tensor>> assignments;
  std::vector<Layer*> touched;
  bool fails = false;
  for (const Slot& slot : slots_of(model)) {
    if (!slot.layer) continue;
    for (std::size_t i = 0; i < slot.variables.size(); ++i) {
      const Variable& variable = slot.variables[i];
      const std::string path = array_path(slot.path, i);
      LoadEntry entry{.path = path,
                      .in_model = TensorSpec{variable.shape(), variable.dtype()},
                      .model_name = variable.path(),
                      .in_file = {},
                      .fits = true};
      const auto found = in_file.find(path);
      if (found == in_file.end()) {
        report.missing.push_back(path);
        entry.fits = matches(path, options.allow_missing);
      } else {
        entry.in_file = found->second.spec();
        if (found->second.shape() != variable.shape()) {
          report.shape_mismatch.push_back(path);
          entry.fits = matches(path, options.allow_shape_mismatch);
        } else {
          report.loaded.push_back(path);
          assignments.emplace_back(variable, found->second);
          touched.push_back(slot.layer);
        }
        in_file.erase(found);
      }
      fails = fails || !entry.fits;
      entries.push_back(std::move(entry));
    }
  }
  for (const auto& [path, tensor] : in_file) {
    if (is_optimizer(path)) continue;
    report.unexpected.push_back(path);
    LoadEntry entry{.path = path,
                    .in_model = {},
                    .model_name = {},
                    .in_file = tensor.spec(),
                    .fits = matches(path, options.allow_unexpected)};
    fails = fails || !entry.fits;
    entries.push_back(std::move(entry));
  }
  if (fails) throw FormatError(load_difference(where, model, entries), where);
  for (const auto& [variable, value] : assignments) variable.assign(value);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (Layer* layer : touched) layer->stored_values_loaded();
  load_optimizer_state(model, state, where, report);
  return report;
}

void save_weights(const ModelLayer& model, const std::string& path) {
  const std::string suffix = ".weights.h5";
  if (!path.ends_with(suffix)) {
    throw FormatError(
        "save_weights: expected a file name that ends in \"" + suffix + "\", as Keras does; got '" + path + "'", path);
  }
  require_weights(model, "save");
  io::write_weights(path, state_of(model));
}

LoadReport load_weights(ModelLayer& model, const std::string& path, const LoadOptions& options) {
  require_weights(model, "load into");
  return load_state(model, path.ends_with(".keras") ? io::read_keras_archive(path).weights : io::read_weights(path),
                    path, options);
}

AnyModel load_model(const std::string& path, const LoadModelOptions& options) {
  const io::KerasArchive archive = io::read_keras_archive(path);
  try {
    AnyModel model = model_from_config(archive.config);
    if (options.compile) {
      if (const auto compile = compile_options_from(archive.config.get("compile_config"), *model))
        model.compile(*compile);
    }
    load_state(*model, archive.weights, path, {});
    return model;
  } catch (const FormatError& error) {
    if (error.where() == path) throw;
    throw FormatError("'" + path + "': " + error.what(), path);
  }
}

}  // namespace cornu

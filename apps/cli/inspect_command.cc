#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "apps/cli/command_line.h"
#include "framework/config.h"
#include "framework/error.h"
#include "io/hdf5_file.h"
#include "io/json.h"
#include "io/keras_archive.h"
#include "io/weights_file.h"

namespace cornu::cli {
namespace {

struct Arguments {
  std::string file;
  bool json = false;
};

// An array of a file.
Config array_entry(const std::string& path, const TensorSpec& spec) {
  return Config::dict({{"path", path}, {"shape", spec.shape.dims()}, {"dtype", name_of(spec.dtype)}});
}

// A layer of a serialized model, with those inside it.
Config layer_entry(const Config& serialized) {
  const Config& config = serialized.get("config");
  Config entry = Config::dict();
  entry.set("name", config.get("name"));
  entry.set("class", serialized.get("class_name"));
  // Old files hold a Sequential's layers as a bare list.
  const Config& inner = config.is_list() ? config : config.get("layers");
  if (inner.is_list()) {
    Config layers = Config::list();
    for (const Config& layer : inner.as_list()) layers.push_back(layer_entry(layer));
    entry.set("layers", layers);
  }
  return entry;
}

Config arrays_of(const StateTree& state) {
  Config arrays = Config::list();
  for (const StateTree::Group& group : state.groups) {
    for (std::size_t i = 0; i < group.arrays.size(); ++i) {
      const std::string path = group.path.empty() ? "" : group.path + "/";
      arrays.push_back(array_entry(path + "vars/" + std::to_string(i), group.arrays[i].spec()));
    }
  }
  return arrays;
}

Config inspect_archive(const std::string& path) {
  const io::KerasArchive archive = io::read_keras_archive(path);
  Config report = Config::dict();
  report.set("format", "Keras model archive");
  report.set("keras_version", archive.metadata.get("keras_version"));
  report.set("date_saved", archive.metadata.get("date_saved"));
  report.set("model", layer_entry(archive.config));
  const Config& compile = archive.config.get("compile_config");
  report.set("compiled", compile.is_dict() && compile.contains("optimizer"));
  report.set("arrays", arrays_of(archive.weights));
  Config assets = Config::list();
  for (const auto& [name, contents] : archive.assets) assets.push_back(name);
  report.set("assets", assets);
  return report;
}

Config text_attribute(const io::Hdf5File& file, const std::string& group, const std::string& name) {
  return file.has_attribute(group, name) ? Config(file.string_attribute(group, name)) : Config();
}

Config inspect_hdf5(const std::string& path) {
  const io::Hdf5File file = io::Hdf5File::open(path);
  Config report = Config::dict();
  std::string weights = "";
  switch (io::weights_layout(file)) {
    case io::WeightsLayout::kKeras3: report.set("format", "Keras 3 weights, or other HDF5"); break;
    case io::WeightsLayout::kLegacyWeights: report.set("format", "legacy weights"); break;
    case io::WeightsLayout::kLegacyModel:
      report.set("format", "legacy model");
      weights = "model_weights";
      break;
  }
  Config version = text_attribute(file, "", "keras_version");
  if (version.is_null() && !weights.empty()) version = text_attribute(file, weights, "keras_version");
  report.set("keras_version", version);
  const Config model = text_attribute(file, "", "model_config");
  if (model.is_string()) report.set("model", layer_entry(io::parse_json(model.as_string(), path)));
  Config arrays = Config::list();
  const std::function<void(const std::string&)> walk = [&](const std::string& group) {
    for (const std::string& name : file.members(group)) {
      const std::string member = group.empty() ? name : group + "/" + name;
      if (file.has_group(member)) walk(member);
      if (file.has_dataset(member)) arrays.push_back(array_entry(member, file.spec(member)));
    }
  };
  walk("");
  report.set("arrays", arrays);
  return report;
}

std::string text_of(const Config& value) { return value.is_string() ? value.as_string() : "unknown"; }

void print_layer(const Config& layer, int level) {
  std::printf("%*s%s (%s)\n", 2 * level, "", text_of(layer.get("name")).c_str(), text_of(layer.get("class")).c_str());
  if (!layer.get("layers").is_list()) return;
  for (const Config& inner : layer.at("layers").as_list()) print_layer(inner, level + 1);
}

void print_report(const Config& report) {
  std::printf("format: %s\n", text_of(report.get("format")).c_str());
  std::printf("written by: Keras %s\n", text_of(report.get("keras_version")).c_str());
  if (report.contains("date_saved")) std::printf("date: %s\n", text_of(report.get("date_saved")).c_str());
  if (report.contains("compiled")) std::printf("compiled: %s\n", report.at("compiled").as_bool() ? "yes" : "no");
  if (report.contains("model")) {
    std::printf("layers:\n");
    print_layer(report.at("model"), 1);
  }
  std::printf("arrays:\n");
  for (const Config& array : report.at("arrays").as_list()) {
    std::printf("  %s %s %s\n", array.at("path").as_string().c_str(),
                Shape(array.at("shape").as_ints()).to_string().c_str(), array.at("dtype").as_string().c_str());
  }
  if (report.get("assets").size() > 0) std::printf("assets:\n");
  if (report.contains("assets")) {
    for (const Config& asset : report.at("assets").as_list()) std::printf("  %s\n", asset.as_string().c_str());
  }
}

}  // namespace

void add_inspect_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("inspect", "Show what a Keras file holds: writer, layers, arrays");
  command->add_option("file", arguments->file, "A .keras, .weights.h5 or .h5 file")->required();
  command->add_flag("--json", arguments->json, "Print it as JSON");
  command->callback([arguments, &status] {
    const bool is_archive = arguments->file.ends_with(".keras");
    const Config report = is_archive ? inspect_archive(arguments->file) : inspect_hdf5(arguments->file);
    if (arguments->json) {
      std::printf("%s\n", io::to_json(report, 2).c_str());
    } else {
      print_report(report);
    }
    status = 0;
  });
}

}  // namespace cornu::cli

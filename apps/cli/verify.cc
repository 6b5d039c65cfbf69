#include "apps/cli/verify.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include "apps/cli/comparison.h"
#include "framework/error.h"
#include "framework/executor/program.h"
#include "framework/gradients.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/shape.h"
#include "io/hdf5_file.h"
#include "models/saving.h"

namespace cornu::cli {
namespace {

// The first samples on which a fitted model is asked for predictions.
constexpr std::int64_t kPredictedSamples = 4;

// What one run of the model gives.
struct Run {
  Tensors outputs;
  Tensors input_gradients;     // of floating inputs, undefined for others
  Tensors variable_gradients;  // in the order of trainable_variables
};

class Verification {
 public:
  Verification(const std::string& model_path, const std::string& reference_path)
      : reference_path_(reference_path),
        file_(io::Hdf5File::open(reference_path)),
        model_path_(model_path),
        model_(load_model(model_path)),
        comparison_(number("", "rtol"), number("", "atol")) {}

  VerifyReport report() {
    if (file_.has_group("inputs")) check_calls();
    if (file_.has_group("files")) check_files();
    if (file_.has_group("fit")) attempt("fit", [&] { check_fit(); });
    return {comparison_.mismatches(), comparison_.num_compared()};
  }

 private:
  // An error in one part is a mismatch of that part; the others are still compared.
  template <typename F> void attempt(const std::string& what, F&& part) {
    try {
      part();
    } catch (const std::exception& error) {
      comparison_.fail(what + " " + error.what());
    }
  }

  double number(const std::string& path, const std::string& attribute) const {
    return file_.number_attribute(path, attribute).item();
  }
  std::int64_t integer(const std::string& path, const std::string& attribute) const {
    return static_cast<std::int64_t>(number(path, attribute));
  }
  bool is_set(const std::string& path, const std::string& attribute) const {
    return file_.has_attribute(path, attribute) && number(path, attribute) != 0.0;
  }

  // A dataset as the Keras type its attribute names; HDF5 holds half precision as float32 and booleans as uint8.
  Tensor read(const std::string& path) const {
    const Tensor stored = file_.read(path);
    return file_.has_attribute(path, "dtype") ? ops::cast(stored, dtype_of(file_.string_attribute(path, "dtype")))
                                              : stored;
  }

  // Datasets "0", "1", ... of a group.
  Tensors read_list(const std::string& group) const {
    Tensors tensors;
    if (!file_.has_group(group)) return tensors;
    for (std::size_t i = 0; file_.has_dataset(group + "/" + std::to_string(i)); ++i) {
      tensors.push_back(read(group + "/" + std::to_string(i)));
    }
    return tensors;
  }

  // "gradients/variables/2 (lstm/lstm_cell/bias)"
  std::string title(const std::string& path) const {
    return file_.has_attribute(path, "path") ? path + " (" + file_.string_attribute(path, "path") + ")" : path;
  }

  // Every dataset of a group against the tensor of its number; undefined tensors count as zeros.
  void compare_group(const std::string& group, const Tensors& got) {
    std::vector<std::string> names = file_.members(group);
    std::sort(names.begin(), names.end(),
              [](const std::string& a, const std::string& b) { return std::stoul(a) < std::stoul(b); });
    for (const std::string& name : names) {
      const std::string path = group + "/" + name;
      const std::size_t index = std::stoul(name);
      if (index >= got.size()) {
        comparison_.fail(title(path) + " missing");
      } else if (!is_set(path, "skip")) {
        const Tensor want = file_.read(path);
        comparison_.compare(title(path), got[index].defined() ? got[index] : ops::zeros_like(want), want);
      }
    }
    if (!names.empty() && got.size() > std::stoul(names.back()) + 1 && !group.ends_with("gradients/inputs")) {
      comparison_.fail(group + " " + std::to_string(got.size()) + " tensors instead of " +
                       std::to_string(names.size()));
    }
  }

  static Tensors values_of(const Variables& variables) {
    Tensors values;
    for (const Variable& variable : variables) values.push_back(variable.snapshot());
    return values;
  }

  // The state of the archive again, which has no states of recurrent layers: they go on, as where it was recorded.
  void restore(const Tensors& state) {
    const Variables variables = model_->weights();
    for (std::size_t i = 0; i < state.size(); ++i) variables[i].assign(state[i]);
  }

  // Calls the model once, as a compiled program. Without cotangents there are no gradients.
  Run run(const Tensors& inputs, const std::vector<Tensor>& cotangents, bool training) const {
    const auto graph = std::make_shared<Graph>("verify of " + model_->name());
    Run result;
    Tensors symbols;
    Tensors fetches;
    std::vector<Tensor*> places;
    const auto fetch = [&](const Tensors& tensors, Tensors& into) {
      into.resize(tensors.size());
      for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (!tensors[i].defined()) continue;
        fetches.push_back(tensors[i]);
        places.push_back(&into[i]);
      }
    };
    {
      const GraphScope scope(graph);
      for (const Tensor& input : inputs) symbols.push_back(graph->placeholder(input.spec()));
      // Read before the call, which may assign them other values.
      Tensors variables;
      for (const Variable& variable : model_->trainable_variables()) variables.push_back(variable.value());
      const Tensors outputs =
          model_(symbols.size() == 1 ? Inputs(symbols[0]) : Inputs(symbols), {.training = training}).tensors();
      fetch(outputs, result.outputs);
      if (!cotangents.empty()) {
        Tensors targets;
        Tensors weights;
        for (std::size_t i = 0; i < outputs.size() && i < cotangents.size(); ++i) {
          if (!cotangents[i].defined()) continue;
          targets.push_back(outputs[i]);
          weights.push_back(ops::cast(cotangents[i], outputs[i].dtype()));
        }
        Tensors sources = variables;
        std::vector<std::size_t> input_of_source;
        for (std::size_t i = 0; i < symbols.size(); ++i) {
          if (!is_floating(symbols[i].dtype())) continue;
          sources.push_back(symbols[i]);
          input_of_source.push_back(i);
        }
        const Tensors found = gradients(targets, sources, weights);
        const auto split = found.begin() + static_cast<std::ptrdiff_t>(variables.size());
        fetch(Tensors(found.begin(), split), result.variable_gradients);
        Tensors of_inputs(symbols.size());
        for (std::size_t i = 0; i < input_of_source.size(); ++i) {
          of_inputs[input_of_source[i]] = split[static_cast<std::ptrdiff_t>(i)];
        }
        fetch(of_inputs, result.input_gradients);
      }
    }
    const Tensors values = Program::compile(graph, symbols, fetches)->run(inputs);
    for (std::size_t i = 0; i < values.size(); ++i) *places[i] = values[i];
    return result;
  }

  void compare_gradients(const std::string& group, const Run& result) {
    if (file_.has_group(group + "/inputs")) compare_group(group + "/inputs", result.input_gradients);
    if (file_.has_group(group + "/variables")) compare_group(group + "/variables", result.variable_gradients);
  }

  void check_calls() {
    const Tensors inputs = read_list("inputs");
    const Tensors state = values_of(model_->weights());
    attempt("outputs", [&] { compare_group("outputs", run(inputs, {}, false).outputs); });
    if (file_.has_group("second_call")) {
      attempt("second_call", [&] { compare_group("second_call/outputs", run(inputs, {}, false).outputs); });
    }
    restore(state);
    std::vector<Tensor> cotangents;
    if (file_.has_group("cotangents")) {
      for (const std::string& name : file_.members("cotangents")) {
        const std::size_t index = std::stoul(name);
        if (index >= cotangents.size()) cotangents.resize(index + 1);
        cotangents[index] = read("cotangents/" + name);
      }
    }
    if (file_.has_group("gradients")) {
      attempt("gradients", [&] { compare_gradients("gradients", run(inputs, cotangents, false)); });
      restore(state);
    }
    if (file_.has_group("training")) {
      attempt("training", [&] {
        const Run trained = run(inputs, cotangents, true);
        compare_group("training/outputs", trained.outputs);
        if (file_.has_group("training/gradients")) compare_gradients("training/gradients", trained);
        if (file_.has_group("training/non_trainable")) {
          compare_group("training/non_trainable", values_of(model_->non_trainable_variables()));
        }
      });
      restore(state);
    }
  }

  void check_files() {
    const Tensors inputs = read_list("inputs");
    for (const std::string& name : file_.members("files")) {
      const std::string group = "files/" + name;
      if (!name.ends_with(".weights.h5")) {
        comparison_.fail(group + " unsupported: cornu does not read this format yet");
        continue;
      }
      attempt(group, [&] {
        const auto path = std::filesystem::path(reference_path_).parent_path() / name;
        model_.load_weights(path.string());
        compare_group(group + "/outputs", run(inputs, {}, false).outputs);
        if (file_.has_group(group + "/variables")) compare_group(group + "/variables", values_of(model_->variables()));
      });
    }
  }

  void compare_history(const History& history) {
    const std::vector<std::string> expected = file_.members("fit/history");
    for (const std::string& name : expected) {
      const std::string path = "fit/history/" + name;
      const auto found = history.history.find(name);
      if (found == history.history.end()) {
        comparison_.fail(path + " missing");
        continue;
      }
      const auto rows = history.vectors.find(name);
      std::vector<double> values = found->second;
      Shape shape{static_cast<std::int64_t>(values.size())};
      if (rows != history.vectors.end()) {
        values.clear();
        for (const std::vector<double>& row : rows->second) values.insert(values.end(), row.begin(), row.end());
        shape.push_back(static_cast<std::int64_t>(rows->second.front().size()));
      }
      comparison_.compare(path, Tensor::copy(values, shape), file_.read(path));
    }
    for (const std::string& name : history.names) {
      if (std::find(expected.begin(), expected.end(), name) == expected.end()) {
        comparison_.fail("fit/history/" + name + " unexpected");
      }
    }
  }

  void check_fit() {
    const Tensors x = read_list("fit/x");
    FitOptions options;
    options.batch_size = integer("fit", "batch_size");
    options.epochs = integer("fit", "epochs");
    options.shuffle = is_set("fit", "shuffle");
    options.verbose = Verbose::kSilent;
    if (file_.has_attribute("fit", "validation_split")) options.validation_split = number("fit", "validation_split");
    if (file_.has_attribute("fit", "initial_epoch")) options.initial_epoch = integer("fit", "initial_epoch");
    if (file_.has_attribute("fit", "steps_per_epoch")) options.steps_per_epoch = integer("fit", "steps_per_epoch");
    if (file_.has_group("fit/sample_weight")) options.sample_weight = read_list("fit/sample_weight");
    if (file_.has_dataset("fit/class_weight")) {
      const std::vector<double> weights = read("fit/class_weight").to_vector<double>();
      for (std::size_t i = 0; i < weights.size(); ++i) options.class_weight[static_cast<std::int64_t>(i)] = weights[i];
    }
    if (file_.has_group("fit/val_x")) {
      options.validation_x = read_list("fit/val_x");
      options.validation_y = read_list("fit/val_y");
    }
    compare_history(model_.fit(x, read_list("fit/y"), options));
    compare_group("fit/variables", values_of(model_->variables()));
    compare_group("fit/optimizer_variables", values_of(model_->optimizer()->variables()));
    Tensors first;
    for (const Tensor& input : x) {
      Shape shape = input.shape();
      shape[0] = std::min(shape[0], kPredictedSamples);
      first.push_back(Tensor::from_storage(input.storage(), {shape, input.dtype()}));
    }
    compare_group("fit/predict_after", run(first, {}, false).outputs);
  }

  std::string reference_path_;
  io::Hdf5File file_;
  std::string model_path_;
  AnyModel model_;
  Comparison comparison_;
};

}  // namespace

VerifyReport verify(const std::string& model_path, const std::string& reference_path) {
  return Verification(model_path, reference_path).report();
}

std::vector<VerifiedCase> verify_all(const std::string& folder, std::vector<std::string> names,
                                     void (*progress)(const VerifiedCase&)) {
  if (names.empty()) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (std::filesystem::exists(entry.path() / "reference.h5")) names.push_back(entry.path().filename().string());
    }
    if (error) throw FormatError("'" + folder + "' cannot be read as a folder of cases: " + error.message(), folder);
    std::sort(names.begin(), names.end());
    if (names.empty()) {
      throw FormatError("'" + folder + "': expected folders with a model.keras and a reference.h5; there are none",
                        folder);
    }
  }
  std::vector<VerifiedCase> cases;
  for (const std::string& name : names) {
    const auto path = std::filesystem::path(folder) / name;
    VerifiedCase verified{name, {}};
    try {
      verified.report = verify((path / "model.keras").string(), (path / "reference.h5").string());
    } catch (const std::exception& error) {
      verified.report.mismatches.emplace_back(error.what());
    }
    if (progress) progress(verified);
    cases.push_back(std::move(verified));
  }
  return cases;
}

std::vector<std::string> names_in(const std::string& list_path) {
  std::ifstream file(list_path);
  if (!file)
    throw FormatError("'" + list_path + "': expected a file with the name of a case in each line; it cannot be opened",
                      list_path);
  std::vector<std::string> names;
  for (std::string line; std::getline(file, line);) {
    const auto end = line.find_last_not_of(" \t\r");
    if (end != std::string::npos) names.push_back(line.substr(0, end + 1));
  }
  return names;
}

}  // namespace cornu::cli

#include "models/deserialization.h"

#include <algorithm>
#include <deque>
#include <map>

#include "framework/error.h"
#include "layers/core/input.h"
#include "layers/registry.h"
#include "models/functional.h"
#include "models/operation_layer.h"
#include "models/sequential.h"

namespace cornu {
namespace {

bool is_operation(const Config& entry) {
  return entry.get("module").is_string() && entry.get("module").as_string().find(".ops.") != std::string::npos;
}

bool is_keras_tensor(const Config& value) {
  return value.is_dict() && value.get("class_name") == Config("__keras_tensor__");
}

// [name, call, output] as one word.
std::string history_key(const std::string& name, std::int64_t call, std::int64_t output) {
  return name + "\n" + std::to_string(call) + "\n" + std::to_string(output);
}

std::string key_of(const Config& triple) {
  const auto& items = triple.as_list();
  return history_key(items.at(0).as_string(), items.at(1).as_int(), items.at(2).as_int());
}

// Rebuilds a Functional by making its calls again, in an order in which their inputs exist.
class FunctionalReader {
 public:
  explicit FunctionalReader(const Config& config) : config_(config) {}

  AnyModel read() {
    for (const Config& entry : config_.at("layers").as_list()) make(entry);
    make_calls();
    const Tensors inputs = endpoints(config_.at("input_layers"), input_names_, false);
    const Tensors outputs = endpoints(config_.at("output_layers"), output_names_, true);
    if (!input_keys_given_) input_names_.clear();
    if (!output_keys_given_) output_names_.clear();
    SharedModel<FunctionalLayer> model(inputs, outputs, layers_, input_names_, output_names_,
                                       ModelOptions{.name = config_.get_string("name", ""), .trainable = true});
    return model;
  }

 private:
  struct PendingCall {
    std::string name;
    const Config* node;
    std::int64_t number;
  };

  void make(const Config& entry) {
    const std::string name =
        entry.get("name").is_string() ? entry.at("name").as_string() : entry.at("config").at("name").as_string();
    const std::string class_name = entry.at("class_name").as_string();
    entries_[name] = &entry;
    if (class_name == "InputLayer") {
      const AnyLayer layer = layer_from_config(entry);
      const auto input = std::static_pointer_cast<layers::InputLayerLayer>(layer.ptr());
      const auto call =
          std::make_shared<LayerCall>(layer.ptr(), Inputs(Tensors{}), CallOptions{}, TensorSpecs{input->spec()});
      tensors_[history_key(name, 0, 0)] = Tensor::symbol(input->spec(), call, 0, nullptr).with_name(name);
      layers_.push_back(layer.ptr());
      return;
    }
    if (!is_operation(entry)) {
      made_[name] = layer_from_config(entry);
      layers_.push_back(made_[name].ptr());
    }
    if (!entry.get("inbound_nodes").is_list()) return;
    std::int64_t number = 0;
    for (const Config& node : entry.at("inbound_nodes").as_list()) pending_.push_back({name, &node, number++});
  }

  void make_calls() {
    std::size_t waited = 0;
    while (!pending_.empty()) {
      const PendingCall call = pending_.front();
      pending_.pop_front();
      // Calls of one layer are made in their order, so that call numbers agree.
      const bool in_turn = calls_made_[call.name] == call.number;
      if (in_turn && is_ready(*call.node)) {
        make_call(call);
        ++calls_made_[call.name];
        waited = 0;
      } else {
        pending_.push_back(call);
        if (++waited > pending_.size()) {
          throw FormatError("model '" + config_.get_string("name", "?") + "': the call of layer '" + call.name +
                            "' needs a tensor that no other call gives; the file is damaged");
        }
      }
    }
  }

  bool is_ready(const Config& value) const {
    if (is_keras_tensor(value)) return tensors_.contains(key_of(value.at("config").at("keras_history")));
    if (value.is_list()) {
      return std::all_of(value.as_list().begin(), value.as_list().end(),
                         [&](const Config& item) { return is_ready(item); });
    }
    if (value.is_dict()) {
      return std::all_of(value.as_dict().begin(), value.as_dict().end(),
                         [&](const auto& item) { return is_ready(item.second); });
    }
    return true;
  }

  // Data with symbols in the places of tensors.
  OperationValue value_of(const Config& config) const {
    OperationValue value;
    if (is_keras_tensor(config)) {
      value.tensor = tensors_.at(key_of(config.at("config").at("keras_history")));
      return value;
    }
    value.data = config;
    value.is_list = config.is_list();
    if (config.is_list()) {
      for (const Config& item : config.as_list()) value.items.push_back(value_of(item));
    } else if (config.is_dict() && !config.contains("class_name")) {
      // Tensors by name come in the order of the names.
      std::map<std::string, const Config*> sorted;
      for (const auto& [name, item] : config.as_dict()) sorted[name] = &item;
      for (const auto& [name, item] : sorted) value.items.push_back(value_of(*item));
      value.is_list = true;
    }
    return value;
  }

  void make_call(const PendingCall& call) {
    std::vector<OperationValue> args;
    std::map<std::string, OperationValue> kwargs;
    if (call.node->get("args").is_list()) {
      for (const Config& arg : call.node->at("args").as_list()) args.push_back(value_of(arg));
    }
    if (call.node->get("kwargs").is_dict()) {
      for (const auto& [name, value] : call.node->at("kwargs").as_dict()) kwargs[name] = value_of(value);
    }
    const Outputs outputs =
        made_.contains(call.name) ? call_layer(call, args, kwargs) : call_operation(call, args, kwargs);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      tensors_[history_key(call.name, call.number, static_cast<std::int64_t>(i))] = outputs[i];
    }
  }

  Outputs call_operation(const PendingCall& call, const std::vector<OperationValue>& args,
                         const std::map<std::string, OperationValue>& kwargs) const {
    const Config& entry = *entries_.at(call.name);
    const Shared<OperationLayer> operation(entry.at("class_name").as_string(), call.name, entry.get("config"), args,
                                           kwargs);
    return operation(Inputs(tensors_in(args, kwargs)));
  }

  Outputs call_layer(const PendingCall& call, const std::vector<OperationValue>& args,
                     const std::map<std::string, OperationValue>& kwargs) const {
    const AnyLayer& layer = made_.at(call.name);
    Tensors inputs;
    bool is_list = false;
    for (const OperationValue& arg : args) {
      is_list = is_list || arg.is_list;
      for (const Tensor& tensor : tensors_in({arg}, {})) inputs.push_back(tensor);
    }
    CallOptions options;
    for (const auto& [name, value] : kwargs) {
      if (name == "training") continue;  // what surrounds the call decides, as in Keras
      if (name == "mask") {
        if (value.is_list) {
          for (const OperationValue& item : value.items) options.mask.push_back(item.tensor);
        } else if (value.tensor.defined()) {
          options.mask = {value.tensor};
        }
      } else if ((name == "inputs" || name == "query" || name == "sequence") && inputs.empty()) {
        inputs = tensors_in({value}, {});
      } else if (value.tensor.defined()) {
        options.arguments[name] = value.tensor;
      } else if (value.is_list) {
        options.arguments[name] = tensors_in({value}, {});
      } else if (value.data.is_bool()) {
        options.arguments[name] = value.data.as_bool();
      } else if (value.data.is_integer()) {
        options.arguments[name] = value.data.as_int();
      } else if (value.data.is_number()) {
        options.arguments[name] = value.data.as_double();
      } else if (value.data.is_string()) {
        options.arguments[name] = value.data.as_string();
      }
    }
    return layer(inputs.size() == 1 && !is_list ? Inputs(inputs[0]) : Inputs(inputs), options);
  }

  // The tensors of input_layers or output_layers, flattened; names of a dictionary's entries go to `names`.
  Tensors endpoints(const Config& structure, std::vector<std::string>& names, bool is_output) {
    Tensors found;
    const auto is_triple = [](const Config& c) {
      return c.is_list() && c.size() == 3 && c.as_list()[0].is_string() && c.as_list()[1].is_integer() &&
             c.as_list()[2].is_integer();
    };
    const auto walk = [&](auto&& self, const Config& item) -> void {
      if (is_triple(item)) {
        const std::string& name = item.as_list()[0].as_string();
        std::int64_t call = item.as_list()[1].as_int();
        // There, and only there, a Functional's own defining node counts as number 0.
        const auto entry = entries_.find(name);
        const bool shifted = is_output && entry != entries_.end() &&
                             (entry->second->at("class_name") == Config("Functional") ||
                              entry->second->at("class_name") == Config("Model"));
        if (shifted) --call;
        const auto it = tensors_.find(history_key(name, call, item.as_list()[2].as_int()));
        if (it == tensors_.end()) {
          throw FormatError("model '" + config_.get_string("name", "?") + "': an " + (is_output ? "output" : "input") +
                            " is output " + std::to_string(item.as_list()[2].as_int()) + " of call " +
                            std::to_string(call) + " of layer '" + name +
                            "', which does not exist; the file is damaged");
        }
        found.push_back(it->second);
      } else if (item.is_dict()) {
        std::map<std::string, const Config*> sorted;
        for (const auto& [name, inner] : item.as_dict()) sorted[name] = &inner;
        for (const auto& [name, inner] : sorted) {
          names.push_back(name);
          (is_output ? output_keys_given_ : input_keys_given_) = true;
          self(self, *inner);
        }
      } else {
        for (const Config& inner : item.as_list()) self(self, inner);
      }
    };
    walk(walk, structure);
    return found;
  }

  const Config& config_;
  std::map<std::string, const Config*> entries_;
  std::map<std::string, AnyLayer> made_;
  std::vector<LayerPtr> layers_;
  std::map<std::string, Tensor> tensors_;
  std::deque<PendingCall> pending_;
  std::map<std::string, std::int64_t> calls_made_;
  std::vector<std::string> input_names_;
  std::vector<std::string> output_names_;
  bool input_keys_given_ = false;
  bool output_keys_given_ = false;
};

AnyModel sequential_from(const Config& config) {
  std::vector<AnyLayer> layers;
  bool has_input = false;
  for (const Config& entry : config.at("layers").as_list()) {
    layers.push_back(layer_from_config(entry));
    has_input = has_input || entry.at("class_name").as_string() == "InputLayer";
  }
  SequentialOptions options{.name = config.get_string("name", ""), .trainable = true, .input_shape = {}};
  const Config& shape = config.get("build_input_shape");
  if (!has_input && shape.is_list() && shape.size() > 0 && !shape.as_list()[0].is_list()) {
    Shape known;
    for (std::size_t i = 1; i < shape.size(); ++i)
      known.push_back(shape.as_list()[i].is_null() ? kUnknown : shape.as_list()[i].as_int());
    options.input_shape = known;
  }
  Sequential model(layers, options);
  const TensorSpecs specs = model->input_specs();
  if (!specs.empty() && !model->built()) model->compute_output_spec(specs);
  return model;
}

template <typename T> PerOutput<T> per_output_from(const Config& config, const std::function<T(const Config&)>& read) {
  if (config.is_null()) return {};
  if (config.is_dict() && !config.contains("class_name")) {
    std::map<std::string, T> named;
    for (const auto& [name, item] : config.as_dict()) named.emplace(name, read(item));
    return PerOutput<T>(std::move(named));
  }
  if (config.is_list()) {
    std::vector<T> list;
    for (const Config& item : config.as_list()) list.push_back(read(item));
    return PerOutput<T>(std::move(list));
  }
  return PerOutput<T>(read(config));
}

MetricList metric_list_from(const Config& config) {
  MetricList list;
  if (config.is_null()) return list;
  if (!config.is_list()) return {Metric::from_config(config)};
  for (const Config& item : config.as_list()) {
    if (!item.is_null()) list.push_back(Metric::from_config(item));
  }
  return list;
}

MetricsPerOutput metrics_from(const Config& config, std::size_t num_outputs) {
  if (config.is_null()) return {};
  if (config.is_dict() && !config.contains("class_name")) {
    std::map<std::string, MetricList> named;
    for (const auto& [name, item] : config.as_dict()) named[name] = metric_list_from(item);
    return named;
  }
  if (num_outputs > 1 && config.is_list() && config.size() == num_outputs) {
    std::vector<MetricList> lists;
    for (const Config& item : config.as_list()) lists.push_back(metric_list_from(item));
    return lists;
  }
  return metric_list_from(config.is_list() && config.size() == 1 && config.as_list()[0].is_list() ? config.as_list()[0]
                                                                                                  : config);
}

// Models are layers wherever a file has layers: in models, and in wrappers such as TimeDistributed.
[[maybe_unused]] const bool kModelsAreLayers = [] {
  for (const char* name : {"Sequential", "Functional", "Model"}) {
    register_layer(name, [name](const Config& config) -> AnyLayer {
      return model_from_config(Config::dict({{"class_name", name}, {"config", config}}));
    });
  }
  return true;
}();

}  // namespace

AnyModel model_from_config(const Config& serialized) {
  const std::string class_name = serialized.at("class_name").as_string();
  const Config& config = serialized.at("config");
  AnyModel model;
  if (class_name == "Sequential") {
    model = sequential_from(config);
  } else if (class_name == "Functional" || class_name == "Model") {
    model = FunctionalReader(config).read();
  } else {
    throw FormatError("expected a Sequential or Functional model; got class \"" + class_name +
                      "\". A subclassed model is code: build it in C++ and load its weights.");
  }
  // Layers carry flags of their own; the model's holds for all in it only when it is frozen.
  if (!config.get_bool("trainable", true)) model->set_trainable(false);
  return model;
}

std::optional<CompileOptions> compile_options_from(const Config& compile_config, const ModelLayer& model) {
  if (!compile_config.is_dict() || !compile_config.contains("optimizer")) return {};
  const std::size_t num_outputs = model.output_names().size();
  CompileOptions options;
  options.optimizer = Optimizer::from_config(compile_config.at("optimizer"));
  options.loss =
      per_output_from<Loss>(compile_config.get("loss"), [](const Config& c) { return Loss::from_config(c); });
  options.loss_weights = per_output_from<double>(compile_config.get("loss_weights"),
                                                 [](const Config& c) { return c.is_null() ? 1.0 : c.as_double(); });
  options.metrics = metrics_from(compile_config.get("metrics"), num_outputs);
  options.weighted_metrics = metrics_from(compile_config.get("weighted_metrics"), num_outputs);
  options.run_eagerly = false;
  return options;
}

}  // namespace cornu

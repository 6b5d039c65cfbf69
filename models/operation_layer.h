#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "layers/shared.h"

namespace cornu {

/// One argument of an operation in a model file: a tensor, plain data, or a list of such.
struct OperationValue {
  Tensor tensor;                       ///< defined for a tensor
  Config data;                         ///< plain data, where it is no tensor
  std::vector<OperationValue> items;   ///< of a list that has tensors in it
  bool is_list = false;
};

/// The arguments with which Keras recorded the call of an operation, and the configuration of its class.
///
/// Which argument stands in which place differs from operation to operation; look-ups try the position, the keyword, then
/// the configuration.
class OperationArguments {
 public:
  OperationArguments(std::string operation, std::vector<OperationValue> args, std::map<std::string, OperationValue> kwargs, Config config)
      : operation_(std::move(operation)), args_(std::move(args)), kwargs_(std::move(kwargs)), config_(std::move(config)) {}

  /// A tensor (a number becomes one), or several. **Throws** FormatError naming the operation where there is none.
  Tensor tensor(std::size_t position, const std::string& name) const;
  Tensors tensors(std::size_t position, const std::string& name) const;
  bool has(std::size_t position, const std::string& name) const;
  /// Plain data; null where it was not given. `position` counts the arguments, tensors included.
  Config data(std::size_t position, const std::string& name) const;
  const OperationValue* value(std::size_t position, const std::string& name) const;
  const Config& config() const { return config_; }
  const std::string& operation() const { return operation_; }

 private:
  std::string operation_;
  std::vector<OperationValue> args_;
  std::map<std::string, OperationValue> kwargs_;
  Config config_;
};

using KerasOperation = std::function<Outputs(const OperationArguments& arguments)>;

/// Makes an operation class of Keras' graphs ("Mean", "GetItem") known to files. Returns true.
bool register_keras_operation(const std::string& class_name, KerasOperation operation);

/// An operation of a functional model that was read from a file, as a layer without weights.
class OperationLayer : public Layer {
 public:
  /// `args` and `kwargs` hold symbols where the call has tensors; calls give the tensors in the order of these symbols.
  OperationLayer(const std::string& class_name, const std::string& name, const Config& config, std::vector<OperationValue> args,
                 std::map<std::string, OperationValue> kwargs);
  std::string class_name() const override { return class_name_; }
  bool is_operation() const override { return true; }
  Config config() const override { return config_; }

 protected:
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  std::string class_name_;
  Config config_;
  std::vector<OperationValue> args_;
  std::map<std::string, OperationValue> kwargs_;
  const KerasOperation* operation_;
};

/// All tensors in arguments, in order: positions first, then keywords.
Tensors tensors_in(const std::vector<OperationValue>& args, const std::map<std::string, OperationValue>& kwargs);

}  // namespace cornu
